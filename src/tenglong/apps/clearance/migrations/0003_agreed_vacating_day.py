from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clearance', '0002_papers_and_corrections'),
    ]

    operations = [
        migrations.AddField(
            model_name='agreement',
            name='vacate_by',
            field=models.DateField(blank=True, null=True, verbose_name='约定腾空日期'),
        ),
    ]

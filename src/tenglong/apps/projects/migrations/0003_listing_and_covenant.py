import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("projects", "0002_service"),
        ("supply", "0003_covenants"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="listing",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="supply.listing"),
        ),
        migrations.AddField(
            model_name="project",
            name="covenant",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="supply.covenant"),
        ),
    ]

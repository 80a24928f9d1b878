from django.db import migrations, models


def make_index(apps, schema_editor):
    """The spatial index is native to each database; store.spatial writes it, no trigger does."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX store_shape_box ON store_shape USING gist (box(point(minx, miny), point(maxx, maxy)))"
        )
    else:
        schema_editor.execute("CREATE VIRTUAL TABLE store_shape_rtree USING rtree(id, minx, maxx, miny, maxy)")


make_index.makes_tables = True  # also where all tables are made at once


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS store_shape_box")
    else:
        schema_editor.execute("DROP TABLE IF EXISTS store_shape_rtree")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Shape",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("layer", models.CharField(max_length=16)),
                ("wkb", models.BinaryField()),
                ("minx", models.FloatField()),
                ("miny", models.FloatField()),
                ("maxx", models.FloatField()),
                ("maxy", models.FloatField()),
                ("revision", models.BigIntegerField(default=0)),
            ],
            options={"indexes": [models.Index(fields=["layer"], name="shape_layer")]},
        ),
        migrations.RunPython(make_index, drop_index),
    ]

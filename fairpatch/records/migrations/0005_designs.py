import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0004_snapshot_feed'),
    ]

    operations = [
        migrations.CreateModel(
            name='DesignRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('settings', models.JSONField(default=dict)),
                ('places', models.JSONField(default=list)),
                ('notes', models.JSONField(default=dict)),
                ('account_count', models.BigIntegerField(default=0)),
                ('accounts_digest', models.CharField(blank=True, max_length=64)),
                ('before_digest', models.CharField(blank=True, max_length=64)),
                ('change_position', models.BigIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('solved_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('layer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.layer')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.plan')),
            ],
        ),
        migrations.CreateModel(
            name='DesignScenario',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('tolerance', models.FloatField()),
                ('disruption', models.FloatField()),
                ('status', models.CharField(choices=[('ok', 'Ok'), ('infeasible', 'Infeasible'), ('unmet', 'Unmet')], max_length=10)),
                ('stopped', models.CharField(blank=True, max_length=20)),
                ('is_pareto', models.BooleanField(default=False)),
                ('max_deviation', models.FloatField(null=True)),
                ('rms_km', models.FloatField(null=True)),
                ('gap', models.FloatField(null=True)),
                ('moved_share', models.FloatField(null=True)),
                ('moved_accounts', models.BigIntegerField(null=True)),
                ('assignments_digest', models.CharField(blank=True, max_length=64)),
                ('report_digest', models.CharField(max_length=64)),
                ('draft', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.plan')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scenarios', to='records.designrun')),
            ],
        ),
        migrations.AddIndex(
            model_name='designrun',
            index=models.Index(fields=['created_by', '-id'], name='design_by_user'),
        ),
        migrations.AddConstraint(
            model_name='designscenario',
            constraint=models.UniqueConstraint(fields=('run', 'number'), name='design_scenario_once_per_run'),
        ),
    ]

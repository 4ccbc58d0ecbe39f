import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clinic_site', '0006_keys_of_staff'),
    ]

    operations = [
        # Sessions of before had no second factor, and their keys stood there in clear.
        migrations.RunSQL("DROP TABLE IF EXISTS django_session", migrations.RunSQL.noop),
        migrations.AddField(
            model_name='staffmember',
            name='links_made',
            field=models.PositiveIntegerField(default=0, editable=False, help_text='A new link ends the ones before it.', verbose_name='enrolment links made'),
        ),
        migrations.CreateModel(
            name='StaffSession',
            fields=[
                ('session_key', models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name='digest of the key')),
                ('session_data', models.TextField(verbose_name='data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='ends')),
                ('device', models.CharField(blank=True, max_length=80, verbose_name='device')),
                ('began_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='began')),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='last seen')),
                ('is_locked', models.BooleanField(default=False, verbose_name='locked')),
                ('member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL, verbose_name='member of staff')),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'ordering': ['-seen_at'],
            },
        ),
    ]

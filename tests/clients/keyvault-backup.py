"""Backs a managed HSM up and restores it with Azure's own Python client (Debian's python3-azure) and prints one JSON object of what it saw.

Environment: VAULT_URL, BACKUP_TOKEN and RESTORE_TOKEN (of principals with those roles), USER_TOKEN (of one who makes keys and has neither), CONTAINER (a blob
container's URL), SAS and WRONG_SAS (tokens for it), ELSEWHERE (a container in storage that the service does not permit), REQUESTS_CA_BUNDLE.
"""
import json
import os
import time

from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.keyvault.administration import KeyVaultBackupClient
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import SignatureAlgorithm

VAULT, CONTAINER, SAS = os.environ["VAULT_URL"], os.environ["CONTAINER"], os.environ["SAS"]
# The vault is on localhost, which can be no subdomain of the challenge's resource.
OPTIONS = {"verify_challenge_resource": False, "retry_total": 0}
POLLING = {"_polling_interval": 0.2}


class Fixed:
    def __init__(self, token):
        self.token = token

    def get_token(self, *scopes, **options):
        return AccessToken(self.token, int(time.time()) + 600)


def refusal(operation):
    try:
        operation()
        return "none"
    except HttpResponseError as error:
        # A job that failed has its reason in the last answer to the poller.
        body = json.loads(error.response.text())
        return f"{error.response.status_code} {body['error']['code']}"


user = Fixed(os.environ["USER_TOKEN"])
keys = KeyClient(VAULT, user, **OPTIONS)
backup = KeyVaultBackupClient(VAULT, Fixed(os.environ["BACKUP_TOKEN"]), **OPTIONS)
restore = KeyVaultBackupClient(VAULT, Fixed(os.environ["RESTORE_TOKEN"]), **OPTIONS)
nobody = KeyVaultBackupClient(VAULT, user, **OPTIONS)
saw = {}

kept = keys.create_rsa_key("kept", size=2048, tags={"a": "b"})
keys.create_rsa_key("kept", size=2048)
keys.create_ec_key("single")
keys.begin_delete_key("single").wait()
folder = backup.begin_backup(CONTAINER, SAS, **POLLING).result().folder_url
saw["folder"] = folder

saw["backupAsNobody"] = refusal(lambda: nobody.begin_backup(CONTAINER, SAS, **POLLING).result())
saw["backupAsRestorer"] = refusal(lambda: restore.begin_backup(CONTAINER, SAS, **POLLING).result())
saw["restoreAsNobody"] = refusal(lambda: nobody.begin_restore(folder, SAS, **POLLING).result())
saw["restoreAsBacker"] = refusal(lambda: backup.begin_restore(folder, SAS, **POLLING).result())
saw["keyRestoreAsNobody"] = refusal(lambda: nobody.begin_restore(folder, SAS, key_name="kept", **POLLING).result())
saw["backupWrongSas"] = refusal(lambda: backup.begin_backup(CONTAINER, os.environ["WRONG_SAS"], **POLLING).result())
saw["restoreWrongSas"] = refusal(lambda: restore.begin_restore(folder, os.environ["WRONG_SAS"], **POLLING).result())
saw["backupElsewhere"] = refusal(lambda: backup.begin_backup(os.environ["ELSEWHERE"], SAS, **POLLING).result())
saw["restoreElsewhere"] = refusal(lambda: restore.begin_restore(os.environ["ELSEWHERE"] + "/folder", SAS, **POLLING).result())
saw["restoreAbsent"] = refusal(lambda: restore.begin_restore(CONTAINER + "/mhsm-absent-2020", SAS, **POLLING).result())
saw["keyThere"] = refusal(lambda: restore.begin_restore(folder, SAS, key_name="kept", **POLLING).result())
saw["keyAbsent"] = refusal(lambda: restore.begin_restore(folder, SAS, key_name="never", **POLLING).result())

# A key that came later is gone after a full restore, one that went away is back, and what was changed is as it was.
keys.create_ec_key("later")
keys.update_key_properties("kept", enabled=False)
saw["restored"] = restore.begin_restore(folder, SAS, **POLLING).result() is None
saw["later"] = refusal(lambda: keys.get_key("later"))
again = keys.get_key("kept", kept.properties.version)
saw["kept"] = {"n": again.key.n == kept.key.n, "tags": again.properties.tags, "versions": len(list(keys.list_properties_of_key_versions("kept"))),
               "enabled": keys.get_key("kept").properties.enabled}
saw["deleted"] = [k.name for k in keys.list_deleted_keys()]
signed = keys.get_cryptography_client("kept").sign(SignatureAlgorithm.rs256, b"0" * 32).signature
saw["signs"] = len(signed)

# One key alone, after it was purged; what else there is stays.
keys.create_ec_key("other")
keys.begin_delete_key("kept").wait()
saw["keyDeleted"] = refusal(lambda: restore.begin_restore(folder, SAS, key_name="kept", **POLLING).result())
keys.purge_deleted_key("kept")
restore.begin_restore(folder, SAS, key_name="KEPT", **POLLING).result()
saw["keyRestored"] = keys.get_key("kept", kept.properties.version).key.n == kept.key.n
saw["other"] = keys.get_key("other").name

# A poller that is taken up again by its token.
token = backup.begin_backup(CONTAINER, SAS, **POLLING).continuation_token()
saw["continued"] = backup.begin_backup(CONTAINER, SAS, continuation_token=token, **POLLING).result().folder_url.startswith(CONTAINER)
print(json.dumps(saw))

"""Drives a managed HSM's roles with Azure's own Python client (Debian's python3-azure) and prints one JSON object of what it saw.

Environment: VAULT_URL, ADMIN_TOKEN (of whoever has the administrator's role), USER and USER_TOKEN (a principal without roles), TARGET (an attestation
token), POLICY (a release policy), REQUESTS_CA_BUNDLE.
"""
import hashlib
import json
import os
import time
import uuid

from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.keyvault.administration import (KeyVaultAccessControlClient, KeyVaultDataAction, KeyVaultPermission, KeyVaultRoleScope,
                                           KeyVaultSettingsClient)
from azure.keyvault.keys import KeyClient, KeyReleasePolicy
from azure.keyvault.keys.crypto import KeyWrapAlgorithm, SignatureAlgorithm

VAULT, USER, TARGET = os.environ["VAULT_URL"], os.environ["USER"], os.environ["TARGET"]
# The vault is on localhost, which can be no subdomain of the challenge's resource.
OPTIONS = {"verify_challenge_resource": False, "retry_total": 0}


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
        return f"{error.status_code} {error.error.code if error.error else ''}"


admin, user = Fixed(os.environ["ADMIN_TOKEN"]), Fixed(os.environ["USER_TOKEN"])
roles = KeyVaultAccessControlClient(VAULT, admin, **OPTIONS)
keys = KeyClient(VAULT, user, **OPTIONS)
saw = {}

definitions = {d.role_name: d for d in roles.list_role_definitions(KeyVaultRoleScope.GLOBAL)}
saw["builtIn"] = {name: d.name for name, d in definitions.items() if d.role_type == "AKVBuiltInRole"}
saw["permissions"] = sorted(definitions["Managed HSM Crypto Service Release User"].permissions[0].data_actions)


def assign(role, scope=KeyVaultRoleScope.GLOBAL):
    return roles.create_role_assignment(scope, definitions[role].id, USER)


# Nothing is allowed before something is.
saw["createBefore"] = refusal(lambda: keys.create_ec_key("hsm-one"))
saw["readBefore"] = refusal(lambda: list(keys.list_properties_of_keys()))
saw["assignBefore"] = refusal(lambda: KeyVaultAccessControlClient(VAULT, user, **OPTIONS).create_role_assignment(
    "/", definitions["Managed HSM Administrator"].id, USER))
# The administrator of roles makes no keys.
saw["adminCreates"] = refusal(lambda: KeyClient(VAULT, admin, **OPTIONS).create_ec_key("hsm-admin"))

everything = assign("Managed HSM Crypto User")
saw["assignment"] = {"scope": everything.properties.scope, "principal": everything.properties.principal_id,
                     "role": everything.properties.role_definition_id == definitions["Managed HSM Crypto User"].id}
saw["twice"] = refusal(lambda: assign("Managed HSM Crypto User"))
policy = KeyReleasePolicy(os.environ["POLICY"].encode())
one = keys.create_rsa_key("hsm-one", size=2048, exportable=True, release_policy=policy)
saw["kty"] = one.key_type
keys.create_ec_key("hsm-two")
saw["random"] = len(keys.get_random_bytes(8))
keys.begin_delete_key("hsm-two").wait()
saw["purgeAsUser"] = refusal(lambda: keys.purge_deleted_key("hsm-two"))
saw["recoverAsUser"] = refusal(lambda: keys.begin_recover_deleted_key("hsm-two"))
saw["got"] = roles.get_role_assignment("/", everything.name).name == everything.name
roles.delete_role_assignment("/", everything.name)
saw["gone"] = refusal(lambda: roles.get_role_assignment("/", everything.name))
roles.delete_role_assignment("/", everything.name)  # the client takes a missing one for done
saw["createAfter"] = refusal(lambda: keys.create_ec_key("hsm-three"))

officer = assign("Managed HSM Crypto Officer")
keys.purge_deleted_key("hsm-two")
saw["officerReads"] = refusal(lambda: keys.get_key("hsm-one"))
roles.delete_role_assignment("/", officer.name)

release = assign("Managed HSM Crypto Service Release User", "/keys/hsm-one")
saw["released"] = keys.release_key("hsm-one", TARGET).value
saw["readWithRelease"] = refusal(lambda: keys.get_key("hsm-one"))
saw["releaseOther"] = refusal(lambda: keys.release_key("hsm-other", TARGET))
saw["atKey"] = [a.name == release.name for a in roles.list_role_assignments("/keys/hsm-one") if a.properties.principal_id == USER]
roles.delete_role_assignment("/keys/hsm-one", release.name)
saw["releaseAfter"] = refusal(lambda: keys.release_key("hsm-one", TARGET))

service = assign("Managed HSM Crypto Service Encryption User", KeyVaultRoleScope.KEYS)
wrapping = keys.get_cryptography_client("hsm-one")
saw["unwrapped"] = wrapping.unwrap_key(KeyWrapAlgorithm.rsa_oaep_256, wrapping.wrap_key(KeyWrapAlgorithm.rsa_oaep_256, b"k" * 32).encrypted_key).key == b"k" * 32
saw["signs"] = refusal(lambda: wrapping.sign(SignatureAlgorithm.rs256, hashlib.sha256(b"m").digest()))
roles.delete_role_assignment(KeyVaultRoleScope.KEYS, service.name)

auditor = assign("Managed HSM Crypto Auditor")
saw["auditorReads"] = keys.get_key("hsm-one").name
saw["auditorUses"] = refusal(lambda: keys.get_cryptography_client("hsm-one").unwrap_key(KeyWrapAlgorithm.rsa_oaep_256, b"k" * 256))
saw["auditorDeletes"] = refusal(lambda: keys.begin_delete_key("hsm-one"))
roles.delete_role_assignment("/", auditor.name)

name = uuid.uuid4()
custom = roles.set_role_definition("/", name=name, role_name="reader", description="reads, but does not sign", permissions=[KeyVaultPermission(
    data_actions=[KeyVaultDataAction.READ_HSM_KEY, KeyVaultDataAction.SIGN_HSM_KEY], not_data_actions=[KeyVaultDataAction.SIGN_HSM_KEY])])
saw["custom"] = {"type": custom.role_type, "name": custom.name == str(name), "scopes": list(custom.assignable_scopes)}
with_custom = roles.create_role_assignment("/keys", custom.id, USER)
saw["customReads"] = keys.get_key("hsm-one").name
saw["customSigns"] = refusal(lambda: keys.get_cryptography_client("hsm-one").sign(SignatureAlgorithm.rs256, hashlib.sha256(b"m").digest()))
saw["customInUse"] = refusal(lambda: roles.delete_role_definition("/", name))
roles.set_role_definition("/", name=name, role_name="reader", description="reads no more", permissions=[KeyVaultPermission(data_actions=[KeyVaultDataAction.RANDOM_NUMBERS_GENERATE])])
saw["customChanged"] = refusal(lambda: keys.get_key("hsm-one"))
roles.delete_role_assignment("/keys", with_custom.name)
roles.delete_role_definition("/", name)
saw["customGone"] = refusal(lambda: roles.get_role_definition("/", name))
saw["builtInDeleted"] = refusal(lambda: roles.delete_role_definition("/", definitions["Managed HSM Backup"].name))
saw["unknownAction"] = refusal(lambda: roles.set_role_definition("/", permissions=[KeyVaultPermission(data_actions=["Microsoft.KeyVault/managedHsm/*"])]))
saw["unknownRole"] = refusal(lambda: roles.create_role_assignment("/", f"/providers/Microsoft.Authorization/roleDefinitions/{uuid.uuid4()}", USER))

settings = KeyVaultSettingsClient(VAULT, admin, **OPTIONS)
ARM = "AllowKeyManagementOperationsThroughARM"
saw["settings"] = [[s.name, s.value, s.type] for s in settings.list_settings()]
saw["settingChanged"] = [settings.update_setting(ARM, "true").value, settings.get_setting(ARM).value]
saw["settingWrong"] = refusal(lambda: settings.update_setting(ARM, "perhaps"))
saw["settingUnknown"] = refusal(lambda: settings.get_setting("Other"))
saw["settingAsUser"] = refusal(lambda: KeyVaultSettingsClient(VAULT, user, **OPTIONS).update_setting(ARM, "false"))
saw["settingReadAsUser"] = refusal(lambda: list(KeyVaultSettingsClient(VAULT, user, **OPTIONS).list_settings()))
saw["left"] = [a.properties.principal_id for a in roles.list_role_assignments("/")]
print(json.dumps(saw))

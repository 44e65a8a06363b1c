"""Drives the key service with Azure's own Python client (Debian's python3-azure) and prints one JSON object of what it saw.

Environment: VAULT_URL, ACCESS_TOKEN, TARGET (an attestation token), POLICY (a release policy), REQUESTS_CA_BUNDLE.
"""
import hashlib
import json
import os
import time

from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.keyvault.keys import (JsonWebKey, KeyClient, KeyReleasePolicy, KeyRotationLifetimeAction, KeyRotationPolicy)
from azure.keyvault.keys.crypto import EncryptionAlgorithm, KeyWrapAlgorithm, SignatureAlgorithm

VAULT, TARGET = os.environ["VAULT_URL"], os.environ["TARGET"]
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
        return f"{error.status_code} {error.error.code if error.error else ''} {error.message}"


credential = Fixed(os.environ["ACCESS_TOKEN"])
keys = KeyClient(VAULT, credential, **OPTIONS)
policy = KeyReleasePolicy(os.environ["POLICY"].encode(), immutable=True)
saw = {}

created = keys.create_rsa_key("py-rsa", size=2048, hardware_protected=True, exportable=True, release_policy=policy, tags={"a": "b"})
saw["created"] = {"kty": created.key_type, "exportable": created.properties.exportable, "tags": created.properties.tags,
                  "immutable": created.properties.release_policy.immutable}
saw["immutable"] = refusal(lambda: keys.update_key_properties("py-rsa", release_policy=KeyReleasePolicy(os.environ["POLICY"].encode())))
saw["withoutPolicy"] = refusal(lambda: keys.create_rsa_key("py-bad", hardware_protected=True, exportable=True))
saw["absent"] = refusal(lambda: keys.get_key("py-absent"))
saw["badExponent"] = refusal(lambda: keys.create_rsa_key("py-bad", size=2048, public_exponent=3))
saw["forged"] = refusal(lambda: KeyClient(VAULT, Fixed(credential.token[:-4] + "AAAA"), **OPTIONS).get_key("py-rsa"))

secret = os.urandom(32)
imported = keys.import_key("py-oct", JsonWebKey(kty="oct-HSM", k=secret, key_ops=["encrypt", "decrypt", "wrapKey", "unwrapKey"]), hardware_protected=True)
saw["imported"] = imported.key_type
saw["changed"] = keys.update_key_properties("py-oct", tags={"c": "d"}, enabled=True).properties.tags
saw["rotated"] = keys.rotate_key("py-rsa").properties.version != created.properties.version
saw["versions"] = len(list(keys.list_properties_of_key_versions("py-rsa")))
for i in range(27):
    keys.create_ec_key(f"py-page-{i}", curve="P-256K" if i == 0 else "P-256")
saw["listed"] = sum(key.name.startswith("py-page-") for key in keys.list_properties_of_keys())

# The client writes an empty path segment where it names no version.
saw["released"] = keys.release_key("py-rsa", TARGET).value
saw["releasedWithOptions"] = keys.release_key("py-rsa", TARGET, version=created.properties.version, algorithm="RSA_AES_KEY_WRAP_384", nonce="n0nce").value
saw["deniedRelease"] = refusal(lambda: keys.release_key("py-rsa", TARGET[:-4] + "AAAA"))

digest = hashlib.sha256(b"message").digest()
signer = keys.get_cryptography_client("py-page-0")
signature = signer.sign(SignatureAlgorithm.es256_k, digest)
saw["verified"] = signer.verify(SignatureAlgorithm.es256_k, digest, signature.signature).is_valid
saw["verifiedOther"] = signer.verify(SignatureAlgorithm.es256_k, hashlib.sha256(b"other").digest(), signature.signature).is_valid
rsa = keys.get_cryptography_client("py-rsa")
wrapped = rsa.wrap_key(KeyWrapAlgorithm.rsa_oaep_256, secret)
saw["unwrapped"] = rsa.unwrap_key(KeyWrapAlgorithm.rsa_oaep_256, wrapped.encrypted_key).key == secret
oct_key = keys.get_cryptography_client("py-oct")
sealed = oct_key.encrypt(EncryptionAlgorithm.a256_gcm, b"plain", additional_authenticated_data=b"aad")
saw["decrypted"] = oct_key.decrypt(EncryptionAlgorithm.a256_gcm, sealed.ciphertext, iv=sealed.iv, authentication_tag=sealed.tag,
                                   additional_authenticated_data=b"aad").plaintext.decode()
saw["otherAad"] = refusal(lambda: oct_key.decrypt(EncryptionAlgorithm.a256_gcm, sealed.ciphertext, iv=sealed.iv, authentication_tag=sealed.tag,
                                                  additional_authenticated_data=b"other"))

saw["random"] = len(keys.get_random_bytes(16))
keys.update_key_rotation_policy("py-page-1", KeyRotationPolicy(), expires_in="P90D",
                                lifetime_actions=[KeyRotationLifetimeAction("Rotate", time_before_expiry="P30D")])
saw["rotation"] = keys.get_key_rotation_policy("py-page-1").expires_in

backup = keys.backup_key("py-page-2")
keys.begin_delete_key("py-page-2").wait()
saw["nameInUse"] = refusal(lambda: keys.create_ec_key("py-page-2"))
keys.begin_recover_deleted_key("py-page-2").wait()
keys.begin_delete_key("py-page-2").wait()
saw["deleted"] = [key.name for key in keys.list_deleted_keys()]
keys.purge_deleted_key("py-page-2")
saw["purged"] = refusal(lambda: keys.get_deleted_key("py-page-2"))
saw["changedBackup"] = refusal(lambda: keys.restore_key_backup(backup[:-1] + bytes([backup[-1] ^ 1])))
saw["restored"] = keys.restore_key_backup(backup).name
print(json.dumps(saw))

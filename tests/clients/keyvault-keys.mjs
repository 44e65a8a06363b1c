// Drives the key service with Azure's own JavaScript client and prints one JSON object of what it saw.
// Environment: VAULT_URL, ACCESS_TOKEN, TARGET (an attestation token), POLICY (a release policy), NODE_EXTRA_CA_CERTS.
import { KeyClient, CryptographyClient } from "@azure/keyvault-keys";
import { createHash, randomBytes } from "node:crypto";

const { VAULT_URL, ACCESS_TOKEN, TARGET, POLICY } = process.env;
const credential = { getToken: async () => ({ token: ACCESS_TOKEN, expiresOnTimestamp: Date.now() + 600_000 }) };
// The vault is on localhost, which can be no subdomain of the challenge's resource.
const options = { disableChallengeResourceVerification: true };
const keys = new KeyClient(VAULT_URL, credential, options);
const encodedPolicy = new TextEncoder().encode(POLICY);
const saw = {};

async function refusal(operation) {
  try {
    await operation();
    return "none";
  } catch (error) {
    return `${error.statusCode ?? error.name} ${error.code ?? ""} ${error.message}`;
  }
}

async function all(pages) {
  const items = [];
  for await (const item of pages) items.push(item);
  return items;
}

const created = await keys.createRsaKey("js-rsa", { keySize: 2048, hsm: true, exportable: true, releasePolicy: { encodedPolicy, immutable: true }, tags: { a: "b" } });
saw.created = { kty: created.key.kty, exportable: created.properties.exportable, tags: created.properties.tags, immutable: created.properties.releasePolicy.immutable };
saw.immutable = await refusal(() => keys.updateKeyProperties("js-rsa", { releasePolicy: { encodedPolicy } }));
saw.withoutPolicy = await refusal(() => keys.createRsaKey("js-bad", { hsm: true, exportable: true }));
saw.absent = await refusal(() => keys.getKey("js-absent"));

const imported = await keys.importKey("js-oct", { kty: "oct-HSM", k: new Uint8Array(randomBytes(32)), keyOps: ["encrypt", "decrypt", "wrapKey", "unwrapKey"] }, { hardwareProtected: true });
saw.imported = imported.key.kty;

await keys.rotateKey("js-rsa");
saw.versions = (await all(keys.listPropertiesOfKeyVersions("js-rsa"))).length;
for (let i = 0; i < 27; i++) await keys.createEcKey(`js-page-${i}`);
saw.listed = (await all(keys.listPropertiesOfKeys())).filter((k) => k.name.startsWith("js-page-")).length;

const released = await keys.releaseKey("js-rsa", TARGET);
saw.released = released.value;
saw.releasedWithOptions = (await keys.releaseKey("js-rsa", TARGET, { nonce: "n0nce", algorithm: "RSA_AES_KEY_WRAP_256", version: created.properties.version })).value;
saw.deniedRelease = await refusal(() => keys.releaseKey("js-rsa", "eyJ.not.one"));

const signing = await keys.createEcKey("js-sign", { curve: "P-256" });
const signer = new CryptographyClient(signing, credential, options);
const digest = createHash("sha256").update("message").digest();
const signature = await signer.sign("ES256", digest);
saw.verified = (await signer.verify("ES256", digest, signature.result)).result;
saw.verifiedOther = (await signer.verify("ES256", createHash("sha256").update("other").digest(), signature.result)).result;

const rsa = new CryptographyClient((await keys.getKey("js-rsa")).id, credential, options);
const secret = randomBytes(32);
const wrapped = await rsa.wrapKey("RSA-OAEP-256", secret);
saw.unwrapped = Buffer.from((await rsa.unwrapKey("RSA-OAEP-256", wrapped.result)).result).equals(secret);
const oct = new CryptographyClient(imported.id, credential, options);
const sealedText = await oct.encrypt({ algorithm: "A256GCM", plaintext: secret });
const openedText = await oct.decrypt({ algorithm: "A256GCM", ciphertext: sealedText.result, iv: sealedText.iv, authenticationTag: sealedText.authenticationTag });
saw.decrypted = Buffer.from(openedText.result).equals(secret);

saw.random = (await keys.getRandomBytes(16)).length;
await keys.updateKeyRotationPolicy("js-sign", { lifetimeActions: [{ action: "Rotate", timeBeforeExpiry: "P30D" }], expiresIn: "P90D" });
saw.rotation = (await keys.getKeyRotationPolicy("js-sign")).expiresIn;

const backup = await keys.backupKey("js-sign");
const deleting = await keys.beginDeleteKey("js-sign", { intervalInMs: 50 });
await deleting.pollUntilDone();
saw.nameInUse = await refusal(() => keys.createEcKey("js-sign"));
const recovering = await keys.beginRecoverDeletedKey("js-sign", { intervalInMs: 50 });
saw.recovered = (await recovering.pollUntilDone()).name;
await (await keys.beginDeleteKey("js-sign", { intervalInMs: 50 })).pollUntilDone();
await keys.purgeDeletedKey("js-sign");
saw.purged = await refusal(() => keys.getDeletedKey("js-sign"));
saw.restored = (await keys.restoreKeyBackup(backup)).name;

console.log(JSON.stringify(saw));

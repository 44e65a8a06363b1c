// Drives the key service's secrets with Azure's own JavaScript client and prints one JSON object of what it saw.
// Environment: VAULT_URL, ACCESS_TOKEN, WORKLOAD_TOKEN (of a caller who may not read secrets), NODE_EXTRA_CA_CERTS.
import { SecretClient } from "@azure/keyvault-secrets";

const { VAULT_URL, ACCESS_TOKEN, WORKLOAD_TOKEN } = process.env;
// The vault is on localhost, which can be no subdomain of the challenge's resource.
const as = (token) => new SecretClient(VAULT_URL, { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 600_000 }) }, { disableChallengeResourceVerification: true, retryOptions: { maxRetries: 0 } });
const secrets = as(ACCESS_TOKEN);
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

const expiresOn = new Date(1893456000000);
const first = await secrets.setSecret("js-word", "öpen", { contentType: "text/plain", tags: { a: "b" }, expiresOn });
saw.first = { value: first.value, contentType: first.properties.contentType, tags: first.properties.tags, enabled: first.properties.enabled, expires: first.properties.expiresOn.getTime() };
await secrets.setSecret("js-word", "two");
saw.newest = (await secrets.getSecret("js-word")).value;
saw.older = (await secrets.getSecret("js-word", { version: first.properties.version })).value;
saw.versions = (await all(secrets.listPropertiesOfSecretVersions("js-word"))).length;
for (let i = 0; i < 27; i++) await secrets.setSecret(`js-page-${i}`, "x");
saw.listed = (await all(secrets.listPropertiesOfSecrets())).filter((s) => s.name.startsWith("js-page-")).length;
saw.longest = await refusal(() => secrets.setSecret("js-long", "x".repeat(26 * 1024)));
saw.absent = await refusal(() => secrets.getSecret("js-absent"));
saw.forbidden = await refusal(() => as(WORKLOAD_TOKEN).getSecret("js-word"));
saw.forged = await refusal(() => as(ACCESS_TOKEN.slice(0, -4) + "AAAA").getSecret("js-word"));

const newest = (await secrets.getSecret("js-word")).properties.version;
await secrets.updateSecretProperties("js-word", newest, { enabled: false, tags: { c: "d" } });
saw.disabled = await refusal(() => secrets.getSecret("js-word"));
saw.updated = (await secrets.updateSecretProperties("js-word", newest, { enabled: true })).tags;

const backup = await secrets.backupSecret("js-word");
const deleted = await (await secrets.beginDeleteSecret("js-word", { intervalInMs: 50 })).pollUntilDone();
saw.recoveryId = deleted.recoveryId;
saw.nameInUse = await refusal(() => secrets.setSecret("js-word", "again"));
saw.restoreOver = await refusal(() => secrets.restoreSecretBackup(backup));
saw.recovered = (await (await secrets.beginRecoverDeletedSecret("js-word", { intervalInMs: 50 })).pollUntilDone()).name;
await (await secrets.beginDeleteSecret("js-word", { intervalInMs: 50 })).pollUntilDone();
await secrets.purgeDeletedSecret("js-word");
saw.purged = await refusal(() => secrets.getDeletedSecret("js-word"));
const changed = Uint8Array.from(backup);
changed[changed.length - 1] ^= 1;
saw.changedBackup = await refusal(() => secrets.restoreSecretBackup(changed));
saw.restored = (await secrets.restoreSecretBackup(backup)).name;
saw.afterRestore = (await secrets.getSecret("js-word")).value;

console.log(JSON.stringify(saw));

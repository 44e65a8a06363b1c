// Drives the attestation service with Azure's own JavaScript client and prints one JSON object of what it saw.
// Environment: ATTEST_URL, ACCESS_TOKEN (may administer), OWNER_CERTIFICATE, OWNER_KEY and OTHER_CERTIFICATE, OTHER_KEY (files), SIGNED
// ("yes": the service takes policies of OWNER only), NODE_EXTRA_CA_CERTS; for evidence also SGX_QUOTE, SGX_DATA, OE_REPORT, OE_DATA (base64).
import { readFileSync } from "node:fs";
// The package's own ES modules name their files without extension, which Node does not resolve; its CommonJS build is whole.
import { createRequire } from "node:module";

const { AttestationClient, AttestationAdministrationClient, createAttestationPolicyToken } = createRequire(import.meta.url)("@azure/attestation");
const env = process.env;
const credential = { getToken: async () => ({ token: env.ACCESS_TOKEN, expiresOnTimestamp: Date.now() + 600_000 }) };
const policy = 'version= 1.0;authorizationrules{=> permit();};issuancerules{=> issue(type="tried", value=true);};';
const saw = {};

async function refusal(operation) {
  try {
    await operation();
    return "none";
  } catch (error) {
    return `${error.statusCode ?? error.name} ${error.code ?? ""} ${error.message}`;
  }
}

async function attest() {
  // The evidence is of a day that has passed, and the service was told that it is that day: its tokens have expired since.
  const validationOptions = { validateToken: true, validateExpirationTime: false, validateIssuer: true, expectedIssuer: env.ATTEST_URL };
  const client = new AttestationClient(env.ATTEST_URL, { validationOptions });
  const bytes = (name) => Buffer.from(env[name], "base64");
  const show = ({ body }) => ({ type: body.verifierType, mrEnclave: body.mrEnclave, mrSigner: body.mrSigner, isDebuggable: body.isDebuggable, nonce: body.nonce, runTimeClaims: body.runTimeClaims, enclaveHeldData: body.enclaveHeldData && Buffer.from(body.enclaveHeldData).toString("base64"), policyHash: body.policyHash && Buffer.from(body.policyHash).toString("base64") });

  saw.sgx = show(await client.attestSgxEnclave(bytes("SGX_QUOTE"), { runTimeData: bytes("SGX_DATA") }));
  saw.sgxWithoutData = show(await client.attestSgxEnclave(bytes("SGX_QUOTE")));
  saw.openEnclave = show(await client.attestOpenEnclave(bytes("OE_REPORT"), { runTimeData: bytes("OE_DATA") }));
  saw.draft = await client.attestSgxEnclave(bytes("SGX_QUOTE"), { draftPolicyForAttestation: policy, validationOptions: { validateToken: false } }).then(({ token }) => ({ algorithm: token.algorithm, tried: token.getBody().tried }));
  saw.otherData = await refusal(() => client.attestSgxEnclave(bytes("SGX_QUOTE"), { runTimeData: Buffer.from("other") }));
  saw.nonsense = await refusal(() => client.attestSgxEnclave(Buffer.from("quote")));
  saw.otherIssuer = await refusal(() => client.attestSgxEnclave(bytes("SGX_QUOTE"), { validationOptions: { ...validationOptions, expectedIssuer: "https://other.example" } }));
}

async function administer() {
  const client = new AttestationClient(env.ATTEST_URL);
  saw.issuer = (await client.getOpenIdMetadata()).issuer;
  saw.signers = (await client.getAttestationSigners()).length;
  const administration = new AttestationAdministrationClient(env.ATTEST_URL, credential);
  const key = (name) => ({ privateKey: readFileSync(env[`${name}_KEY`], "ascii"), certificate: readFileSync(env[`${name}_CERTIFICATE`], "ascii") });
  const [owner, other] = [key("OWNER"), key("OTHER")];
  const signing = env.SIGNED === "yes" ? owner : {};

  saw.before = (await administration.getPolicy("SevSnpVm")).body;
  const set = await administration.setPolicy("SevSnpVm", policy, signing);
  saw.set = { resolution: set.body.policyResolution, hash: Buffer.from(set.body.policyTokenHash).toString("base64") };
  const sent = createAttestationPolicyToken(policy, signing.privateKey, signing.certificate).serialize();
  saw.sentHash = Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(sent))).toString("base64");
  saw.signer = set.body.policySigner?.certificates?.length ?? 0;
  saw.after = (await administration.getPolicy("SevSnpVm")).body === policy;
  saw.unsigned = await refusal(() => administration.setPolicy("SevSnpVm", policy));
  saw.signedByOther = await refusal(() => administration.setPolicy("SevSnpVm", policy, other));
  saw.broken = await refusal(() => administration.setPolicy("SevSnpVm", "version= 1.0; nonsense", signing));
  saw.reset = (await administration.resetPolicy("SevSnpVm", signing)).body.policyResolution;
  saw.afterReset = (await administration.getPolicy("SevSnpVm")).body;

  saw.certificates = (await administration.getPolicyManagementCertificates()).body.length;
  if (env.SIGNED === "yes") {
    const added = (await administration.addPolicyManagementCertificate(other.certificate, owner.privateKey, owner.certificate)).body;
    saw.added = { thumbprint: added.certificateThumbprint, resolution: added.certificateResolution };
    saw.certificatesThen = (await administration.getPolicyManagementCertificates()).body.length;
    saw.setByOther = (await administration.setPolicy("SevSnpVm", policy, other)).body.policyResolution;
    const removed = (await administration.removePolicyManagementCertificate(other.certificate, owner.privateKey, owner.certificate)).body;
    saw.removed = removed.certificateResolution;
    saw.removeLast = await refusal(() => administration.removePolicyManagementCertificate(owner.certificate, owner.privateKey, owner.certificate));
  } else {
    saw.added = await refusal(() => administration.addPolicyManagementCertificate(other.certificate, owner.privateKey, owner.certificate));
  }
}

await (env.SGX_QUOTE ? attest() : administer());
console.log(JSON.stringify(saw));

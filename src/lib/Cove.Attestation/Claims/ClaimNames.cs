namespace Cove.Attestation.Claims;

/// <summary>Names of claims that parts beside the appraisal look at.</summary>
public static class ClaimNames
{
    /// <summary>Which kind of TEE: <c>sevsnpvm</c>, <c>sgx</c>, <c>tdxvm</c>.</summary>
    public const string AttestationType = "x-ms-attestation-type";

    /// <summary>Runtime data that is a JSON object.</summary>
    public const string Runtime = "x-ms-runtime";

    /// <summary>Init-time data that is a JSON object.</summary>
    public const string InitTime = "x-ms-inittime";

    /// <summary>Hash of the policy that appraised.</summary>
    public const string PolicyHash = "x-ms-policy-hash";

    /// <summary>Whose key signed that policy, where it was signed.</summary>
    public const string PolicySigner = "x-ms-policy-signer";

    /// <summary>Whether the guest image is endorsed: <c>azure-compliant-uvm</c>, or absent.</summary>
    public const string ComplianceStatus = "x-ms-compliance-status";

    /// <summary>True in every token made from a simulated processor's evidence, absent in all others.</summary>
    public const string Simulated = "x-cove-simulated";

    // What Microsoft Azure Attestation says in its own name, and what we add.
    private static string[] Prefixes => ["x-ms-", "x-cove-", "maa-", "aas-", "tdx_"];

    /// <summary>Whether the service alone may say this: what it makes of evidence, and what JWT itself defines.</summary>
    public static bool IsServiceOwned(string name) =>
        name is "exp" or "iat" or "iss" or "jti" or "nbf" or "nonce" or "cnf" or "eat_profile" or "dbgstat" or "intuse" or "attester_tcb_status"
        || Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Every claim that a token may carry, for a service's metadata.</summary>
    public static IReadOnlyList<string> Supported { get; } =
    [
        "exp", "iat", "iss", "jti", "nbf", "nonce", AttestationType, ComplianceStatus, InitTime, PolicyHash, PolicySigner, Runtime, .. SnpClaims.Names, .. SgxClaims.Names, .. TdxClaims.Names, .. AzureGuestClaims.Names, "x-ms-ver", Simulated,
    ];
}

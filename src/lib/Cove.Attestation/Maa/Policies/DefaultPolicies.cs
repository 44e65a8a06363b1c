namespace Cove.Attestation.Maa.Policies;

/// <summary>
/// The policies that are in force until their owner sets another. Their texts are the ones that Microsoft Azure Attestation has, character by
/// character, since tokens carry their hashes; that for Azure guests, whose text is not published, does what its documentation says.
/// </summary>
internal static class DefaultPolicies
{
    public static MaaPolicy SevSnpVm { get; } = MaaPolicy.Parse("version= 1.0;authorizationrules{=> permit();};");

    public static MaaPolicy TdxVm { get; } = MaaPolicy.Parse("version= 1.0;\n\nauthorizationrules\n{\n    => permit();\n};\n\nissuancerules\n{\n};");

    public static MaaPolicy Sgx { get; } = MaaPolicy.Parse(
        "version= 1.0;authorizationrules{c:[type==\"$is-debuggable\"] => permit();};issuancerules{"
        + string.Concat(SgxNames.Select(name => $"c:[type==\"${name}\"] => issue(type=\"{name}\", value=c.value);")) + "};");

    public static MaaPolicy AzureGuest { get; } = MaaPolicy.Parse(
        "version= 1.0;\nauthorizationrules\n{\n"
        + string.Concat(GuestChecks.Select(name => $"    [type==\"{name}\", value==false] => deny();\n")) + "    => permit();\n};\n");

    /// <summary>The names that SGX claims have to policies of the language's first version, where they begin with a dollar sign.</summary>
    public static string[] SgxNames => ["is-debuggable", "sgx-mrsigner", "sgx-mrenclave", "product-id", "svn", "tee"];

    private static string[] GuestChecks =>
    [
        "x-ms-azurevm-default-securebootkeysvalidated", "x-ms-azurevm-debuggersdisabled", "x-ms-azurevm-signingdisabled",
        "x-ms-azurevm-dbvalidated", "x-ms-azurevm-dbxvalidated", "secureboot",
    ];

    /// <summary>The default of an attestation type; null where MAA has none.</summary>
    public static MaaPolicy? For(string attestationType) => attestationType switch
    {
        "SevSnpVm" => SevSnpVm,
        "TdxVm" => TdxVm,
        "SgxEnclave" or "OpenEnclave" => Sgx,
        "AzureGuest" => AzureGuest,
        _ => null,
    };
}

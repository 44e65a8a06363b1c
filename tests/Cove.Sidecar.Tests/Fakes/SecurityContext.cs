using System.Text;
using System.Text.Json;

namespace Cove.Sidecar.Tests.Fakes;

/// <summary>Security-context folders as the utility VM writes them.</summary>
internal static class SecurityContext
{
    public const string Policy = "package policy\n";

    /// <summary>The host's certificates as its cache gives them, for this TCB.</summary>
    public static string Thim(string tcb)
    {
        const string end = "-----END CERTIFICATE-----\n";
        var pem = Recordings.Evidence().CertificatesPem;
        var leaf = pem.IndexOf(end, StringComparison.Ordinal) + end.Length;
        return JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["vcekCert"] = pem[..leaf],
            ["tcbm"] = tcb,
            ["certificateChain"] = pem[leaf..],
            ["cacheControl"] = "86400",
        });
    }

    /// <summary>Writes a complete folder; a file whose content is null is left out.</summary>
    public static string Write(string folder, string? certificates, string? endorsement, string? policy = Policy)
    {
        Directory.CreateDirectory(folder);
        if (endorsement is not null) File.WriteAllText(Path.Combine(folder, "reference-info-base64"), endorsement);
        if (certificates is not null) File.WriteAllText(Path.Combine(folder, "host-amd-cert-base64"), Base64(certificates));
        if (policy is not null) File.WriteAllText(Path.Combine(folder, "security-policy-base64"), Base64(policy));
        return folder;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}

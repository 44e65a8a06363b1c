using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Volumes.Luks;

/// <summary>The hash algorithms of LUKS2 that are supported.</summary>
internal static class LuksHash
{
    public static bool IsSupported(string name) => name is "sha256" or "sha384" or "sha512";

    public static HashAlgorithmName Of(string name) => name switch
    {
        "sha256" => HashAlgorithmName.SHA256,
        "sha384" => HashAlgorithmName.SHA384,
        "sha512" => HashAlgorithmName.SHA512,
        _ => throw new MalformedException(LuksHeader.Format, "hash", $"{name} is not supported"),
    };

    /// <summary>Bytes of the hash.</summary>
    public static int Length(string name) => name switch { "sha256" => 32, "sha384" => 48, _ => 64 };
}

namespace Cove.KeyService.Api;

/// <summary>The values of <c>key_ops</c>.</summary>
internal static class KeyOperations
{
    private static readonly string[] Known = ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey", "import", "export"];

    /// <summary>What the request names, in its order, or what the type can do where it names nothing.</summary>
    public static IReadOnlyList<string> Choose(IReadOnlyList<string>? requested, string keyType)
    {
        if (requested is null or []) return Default(keyType);
        foreach (var operation in requested)
            if (!Known.Contains(operation, StringComparer.Ordinal))
                throw KeyErrors.BadParameter($"{operation} is not a key operation: {string.Join(' ', Known)}.");
        return [.. requested.Distinct(StringComparer.Ordinal)];
    }

    private static string[] Default(string keyType) => keyType.Split('-')[0] switch
    {
        "RSA" => ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"],
        "EC" => ["sign", "verify"],
        _ => ["encrypt", "decrypt", "wrapKey", "unwrapKey"],
    };
}

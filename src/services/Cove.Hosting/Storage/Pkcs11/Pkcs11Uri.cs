using System.Text;
using Cove.Hosting.CommandLine;

namespace Cove.Hosting.Storage.Pkcs11;

/// <summary>
/// Which key of which token (RFC 7512), as far as a master key needs it: a token by label or serial number, a key by label or id, the module by path, and
/// where its PIN is. An attribute that is not known is refused: it may be what tells two keys apart.
/// </summary>
internal sealed record Pkcs11Uri
{
    public const string Scheme = "pkcs11:";

    private const string Hint = "pkcs11:token=LABEL;object=LABEL?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/PIN-FILE (or pin-source=env://NAME)";
    private const int MaximumLength = 2048;

    public string? Token { get; private init; }

    public string? Serial { get; private init; }

    public byte[]? Label { get; private init; }

    public byte[]? Id { get; private init; }

    public required string ModulePath { get; init; }

    public required string PinSource { get; init; }

    /// <summary>The key as messages name it.</summary>
    public string KeyName => Label is null ? $"the key with id {Convert.ToHexStringLower(Id!)}" : $"the key {Encoding.UTF8.GetString(Label)}";

    public string TokenName => Token is null ? $"the token with serial number {Serial}" : $"the token {Token}";

    public static bool IsOne(string text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="UsageException">It names no key, or a PIN.</exception>
    public static Pkcs11Uri Parse(string text)
    {
        if (text.Length > MaximumLength) throw new UsageException($"the PKCS#11 URI is longer than {MaximumLength} characters", Hint);
        var parts = text[Scheme.Length..].Split('?', 2);
        var path = Attributes(parts[0], ';');
        var query = parts.Length == 2 ? Attributes(parts[1], '&') : [];
        if (query.ContainsKey("pin-value")) throw new UsageException("the PKCS#11 URI holds a PIN, which everybody on this machine can read there", Hint);
        Known(path, "token", "serial", "object", "id", "type");
        Known(query, "module-path", "pin-source");
        if (path.TryGetValue("type", out var type) && Text(type) != "secret-key") throw new UsageException($"the PKCS#11 URI is of a {Text(type)}, expected a secret-key", Hint);
        var uri = new Pkcs11Uri
        {
            Token = Text(path.GetValueOrDefault("token")),
            Serial = Text(path.GetValueOrDefault("serial")),
            Label = path.GetValueOrDefault("object"),
            Id = path.GetValueOrDefault("id"),
            ModulePath = Text(query.GetValueOrDefault("module-path")) ?? throw new UsageException("the PKCS#11 URI has no module-path", Hint),
            PinSource = Text(query.GetValueOrDefault("pin-source")) ?? throw new UsageException("the PKCS#11 URI has no pin-source", Hint),
        };
        if (uri.Token is null && uri.Serial is null) throw new UsageException("the PKCS#11 URI names no token", Hint);
        if (uri.Label is null && uri.Id is null) throw new UsageException("the PKCS#11 URI names no object", Hint);
        return Path.IsPathRooted(uri.ModulePath) ? uri : throw new UsageException($"the module {uri.ModulePath} is not an absolute path", Hint);
    }

    private static Dictionary<string, byte[]> Attributes(string text, char separator)
    {
        var attributes = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var attribute in text.Split(separator, StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = attribute.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !attributes.TryAdd(attribute[..equals], Decode(attribute.AsSpan(equals + 1))))
                throw new UsageException($"the PKCS#11 URI has {attribute}, which is no attribute, or one given before", Hint);
        }

        return attributes;
    }

    private static byte[] Decode(ReadOnlySpan<char> text)
    {
        var bytes = new List<byte>(text.Length);
        Span<byte> one = stackalloc byte[4];
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == '%')
            {
                if (at + 3 > text.Length || !byte.TryParse(text.Slice(at + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var value))
                    throw new UsageException("the PKCS#11 URI has a % without two hex digits", Hint);
                bytes.Add(value);
                at += 3;
                continue;
            }

            if (Rune.DecodeFromUtf16(text[at..], out var rune, out var length) != System.Buffers.OperationStatus.Done)
                throw new UsageException("the PKCS#11 URI is not Unicode", Hint);
            bytes.AddRange(one[..rune.EncodeToUtf8(one)]);
            at += length;
        }

        return [.. bytes];
    }

    private static string? Text(byte[]? value) => value is null ? null : Encoding.UTF8.GetString(value);

    private static void Known(Dictionary<string, byte[]> attributes, params string[] names)
    {
        foreach (var name in attributes.Keys)
            if (!names.Contains(name, StringComparer.Ordinal)) throw new UsageException($"the PKCS#11 URI has the attribute {name}, which is not known here", Hint);
    }
}

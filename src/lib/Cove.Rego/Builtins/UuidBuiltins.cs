using System.Globalization;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static class UuidBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("uuid.rfc4122", "(str) -> str") { One = static (c, a) => Operands.Text(c, a, 1, out _) ? c.Once("uuid.rfc4122", a, static () => Operands.Result(Random())) : null },
        new("uuid.parse", "(str) -> object[str: any]") { One = Parse },
    ];

    private static string Random()
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Security.Cryptography.RandomNumberGenerator.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    private static RegoValue? Parse(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Text(context, value, 1, out var text) || Bytes(text) is not { } bytes) return null;
        var version = bytes[6] >> 4;
        var variant = (bytes[8] >> 5) switch
        {
            0 or 1 or 2 or 3 => "Reserved",
            4 or 5 => "RFC4122",
            6 => "Microsoft",
            _ => "Future",
        };
        var result = new List<(string, RegoValue)> { ("version", RegoValue.Of(version)), ("variant", RegoValue.Of(variant)) };
        if (version is 1 or 2) AddTime(result, bytes, version);
        return RegoObject.Of([.. result]);
    }

    private static void AddTime(List<(string, RegoValue)> result, byte[] bytes, int version)
    {
        var low = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (version == 2)
        {
            result.Add(("id", RegoValue.Of(low)));
            var domain = bytes[9];
            result.Add(("domain", RegoValue.Of(domain switch
            {
                0 => "Person",
                1 => "Group",
                2 => "Org",
                _ => $"Domain{domain}",
            })));
        }

        var time = low | ((long)bytes[4] << 40) | ((long)bytes[5] << 32) | ((long)(bytes[6] & 0x0F) << 56) | ((long)bytes[7] << 48);
        result.Add(("time", RegoValue.Of((time - 0x01B21DD213814000) * 100)));
        result.Add(("clocksequence", RegoValue.Of(((bytes[8] & 0x3F) << 8) | bytes[9])));
        result.Add(("nodeid", RegoValue.Of(string.Join('-', bytes[10..].Select(static b => b.ToString("x2", CultureInfo.InvariantCulture))))));
        var scope = (bytes[10] & 2) != 0 ? "local" : "global";
        var cast = (bytes[10] & 1) != 0 ? "multicast" : "unicast";
        result.Add(("macvariables", RegoValue.Of($"{scope}:{cast}")));
    }

    private static byte[]? Bytes(string text)
    {
        var inner = text.Length switch
        {
            36 => text,
            45 when text.StartsWith("urn:uuid:", StringComparison.OrdinalIgnoreCase) => text[9..],
            38 => text[1..37],
            32 => $"{text[..8]}-{text[8..12]}-{text[12..16]}-{text[16..20]}-{text[20..]}",
            _ => null,
        };
        return inner is not null && Guid.TryParseExact(inner, "D", out var id) ? id.ToByteArray(bigEndian: true) : null;
    }
}

using System.Globalization;
using System.Numerics;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>IP addresses and CIDR blocks. An IPv4 address written as IPv6 is the IPv4 address.</summary>
internal static class NetBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("net.cidr_is_valid", "(str) -> bool") { One = static (_, a) => RegoValue.Of(a is RegoString text && IsBlock(text.Text)) },
        new("net.cidr_contains", "(str, str) -> bool") { Two = Contains },
        new("net.cidr_overlap", "(str, str) -> bool") { IsDeprecated = true, Two = Contains },
        new("net.cidr_intersects", "(str, str) -> bool") { Two = Intersects },
        new("net.cidr_contains_matches", "(<str, array[<str, arr>], object[str: <str, arr>], set[<str, arr>]>, <str, array[<str, arr>], object[str: <str, arr>], set[<str, arr>]>) -> set[array<any, any>]") { Two = Matches },
        new("net.cidr_expand", "(str) -> set[str]") { One = Expand },
        new("net.cidr_merge", "(<array[<str>], set[str]>) -> set[str]") { One = Merge },
    ];

    private static bool IsBlock(string text) => Block.TryParse(text, out _);

    private static bool Parse(EvaluationContext context, string text, out Block block)
    {
        if (Block.TryParse(text, out block)) return true;
        context.Fail($"invalid CIDR address: {text}");
        return false;
    }

    private static RegoValue? Contains(EvaluationContext context, RegoValue a, RegoValue b) =>
        Operands.Text(context, a, 1, out var x) && Operands.Text(context, b, 1, out var y) && Contains(context, x, y, out var result) ? RegoValue.Of(result) : null;

    private static bool Contains(EvaluationContext context, string x, string y, out bool result)
    {
        result = false;
        if (!Parse(context, x, out var block)) return false;
        if (Address.TryParse(y, out var address))
        {
            result = block.Contains(address);
            return true;
        }

        if (Block.TryParse(y, out var inner))
        {
            result = block.Contains(inner.First) && block.Contains(inner.Last);
            return true;
        }

        context.Fail($"not a valid textual representation of an IP address or CIDR: {y}");
        return false;
    }

    private static RegoValue? Intersects(EvaluationContext context, RegoValue a, RegoValue b)
    {
        if (!Operands.Text(context, a, 1, out var x) || !Operands.Text(context, b, 1, out var y)) return null;
        if (!Parse(context, x, out var left) || !Parse(context, y, out var right)) return null;
        return RegoValue.Of(left.Contains(right.First) || right.Contains(left.First));
    }

    private static RegoValue? Matches(EvaluationContext context, RegoValue a, RegoValue b)
    {
        if (Entries(context, a, 1) is not { } blocks || Entries(context, b, 2) is not { } others) return null;
        var found = new SetBuilder();
        foreach (var (blockKey, block) in blocks)
        {
            foreach (var (otherKey, other) in others)
            {
                context.CountStep();
                if (!Contains(context, block, other, out var inside)) return null;
                if (inside) found.Add(RegoArray.Of(blockKey, otherKey));
            }
        }

        return found.Build();
    }

    private static List<(RegoValue Key, string Text)>? Entries(EvaluationContext context, RegoValue value, int position)
    {
        var entries = new List<(RegoValue Key, RegoValue Value)>();
        switch (value)
        {
            case RegoString:
                entries.Add((value, value));
                break;
            case RegoArray array:
                for (var i = 0; i < array.Count; i++) entries.Add((RegoNumber.FromInt64(i), array.Items[i]));
                break;
            case RegoSet set:
                foreach (var member in set.Sorted) entries.Add((member, member));
                break;
            case RegoObject obj:
                foreach (var (key, item) in obj.Entries()) entries.Add((key, item));
                break;
            default:
                return [];
        }

        var result = new List<(RegoValue, string)>(entries.Count);
        foreach (var (key, item) in entries)
        {
            var text = item as RegoString ?? (item is RegoArray { Count: > 0 } tuple ? tuple.Items[0] as RegoString : null);
            if (text is null)
            {
                context.Fail($"operand {position}: element must be string or non-empty array");
                return null;
            }

            result.Add((key, text.Text));
        }

        return result;
    }

    private static RegoValue? Expand(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Text(context, value, 1, out var text) || !Parse(context, text, out var block)) return null;
        var count = block.Last.Value - block.First.Value + 1;
        context.CheckSize(count > long.MaxValue ? long.MaxValue : (long)count);
        var hosts = new SetBuilder((int)count);
        for (var at = block.First.Value; at <= block.Last.Value; at++) hosts.Add(Operands.Result(new Address(at, block.First.IsV4).ToString()));
        return hosts.Build();
    }

    private static RegoValue? Merge(EvaluationContext context, RegoValue value)
    {
        var items = value switch
        {
            RegoArray array => array.Items,
            RegoSet set => set.Sorted,
            _ => null,
        };
        if (items is null) return context.Fail("operand must be an array");
        var blocks = new List<Block>();
        foreach (var item in items)
        {
            if (item is not RegoString { Text: var text }) return context.Fail("element must be string");
            if (Block.TryParse(text, out var block))
            {
                blocks.Add(block);
                continue;
            }

            if (!Address.TryParse(text, out var address)) return context.Fail($"invalid CIDR address: {text}");
            if (!address.IsV4) return context.Fail("IPv6 invalid: needs prefix length");
            // A bare IPv4 address has the mask of its class.
            var first = (int)(address.Value >> 24);
            blocks.Add(new Block(address, first < 128 ? 8 : first < 192 ? 16 : 24));
        }

        var result = new SetBuilder();
        var wide = Cover(blocks.Where(static b => !b.First.IsV4), isV4: false).ToList();
        foreach (var block in wide) result.Add(Operands.Result(block.ToString()));
        foreach (var block in Cover(blocks.Where(static b => b.First.IsV4), isV4: true))
            if (!wide.Exists(b => b.First.Value <= Mapped(block.First) && Mapped(block.Last) <= b.Last.Value)) result.Add(Operands.Result(block.ToString()));
        return result.Build();
    }

    /// <summary>An IPv4 address as the IPv6 address that stands for it.</summary>
    private static BigInteger Mapped(Address address) => address.Value | ((BigInteger)0xFFFF << 32);

    /// <summary>The fewest blocks that hold exactly the same addresses.</summary>
    private static IEnumerable<Block> Cover(IEnumerable<Block> blocks, bool isV4)
    {
        var ranges = new List<(BigInteger First, BigInteger Last)>();
        foreach (var block in blocks.OrderBy(static b => b.First.Value))
        {
            if (ranges.Count > 0 && block.First.Value <= ranges[^1].Last + 1) ranges[^1] = (ranges[^1].First, BigInteger.Max(ranges[^1].Last, block.Last.Value));
            else ranges.Add((block.First.Value, block.Last.Value));
        }

        var bits = isV4 ? 32 : 128;
        foreach (var range in ranges)
        {
            for (var at = range.First; at <= range.Last;)
            {
                var length = bits;
                while (length > 0)
                {
                    var size = BigInteger.One << (bits - length + 1);
                    if (!(at % size).IsZero || at + size - 1 > range.Last) break;
                    length--;
                }

                yield return new Block(new Address(at, isV4), length);
                at += BigInteger.One << (bits - length);
            }
        }
    }

    private readonly record struct Address(BigInteger Value, bool IsV4)
    {
        public static bool TryParse(string text, out Address address)
        {
            address = default;
            if (!text.Contains(':', StringComparison.Ordinal))
            {
                if (!TryV4(text, out var v4)) return false;
                address = new Address(v4, true);
                return true;
            }

            if (!TryV6(text, out var v6)) return false;
            var isMapped = v6 >> 32 == 0xFFFF;
            address = new Address(isMapped ? v6 & uint.MaxValue : v6, isMapped);
            return true;
        }

        public static bool TryV4(string text, out BigInteger value)
        {
            value = 0;
            var parts = text.Split('.');
            if (parts.Length != 4) return false;
            foreach (var part in parts)
            {
                if (part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0') || part.AsSpan().ContainsAnyExceptInRange('0', '9')) return false;
                var octet = int.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture);
                if (octet > 255) return false;
                value = (value << 8) | octet;
            }

            return true;
        }

        public static bool TryV6(string text, out BigInteger value)
        {
            value = 0;
            var gap = text.IndexOf("::", StringComparison.Ordinal);
            if (gap >= 0 && text.IndexOf("::", gap + 1, StringComparison.Ordinal) >= 0) return false;
            var head = Groups(gap < 0 ? text : text[..gap], last: gap < 0);
            var tail = gap < 0 ? [] : Groups(text[(gap + 2)..], last: true);
            if (head is null || tail is null) return false;
            var missing = 8 - head.Count - tail.Count;
            if (gap < 0 ? missing != 0 : missing < 1) return false;
            foreach (var group in head) value = (value << 16) | group;
            value <<= 16 * missing;
            foreach (var group in tail) value = (value << 16) | group;
            return true;
        }

        private static List<int>? Groups(string text, bool last)
        {
            var groups = new List<int>();
            if (text.Length == 0) return groups;
            var parts = text.Split(':');
            for (var i = 0; i < parts.Length; i++)
            {
                if (last && i == parts.Length - 1 && parts[i].Contains('.', StringComparison.Ordinal))
                {
                    if (!TryV4(parts[i], out var v4)) return null;
                    groups.Add((int)(v4 >> 16));
                    groups.Add((int)(v4 & 0xFFFF));
                    continue;
                }

                if (parts[i].Length is 0 or > 4 || !int.TryParse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var group)) return null;
                groups.Add(group);
            }

            return groups;
        }

        public override string ToString()
        {
            var bytes = Value.ToByteArray(isUnsigned: true, isBigEndian: true);
            var full = new byte[IsV4 ? 4 : 16];
            bytes.CopyTo(full, full.Length - bytes.Length);
            return new System.Net.IPAddress(full).ToString();
        }
    }

    private readonly record struct Block(Address First, Address Last, int Length)
    {
        public Block(Address address, int length)
            : this(new Address((address.Value >> Host(address, length)) << Host(address, length), address.IsV4),
                  new Address(((address.Value >> Host(address, length)) << Host(address, length)) + (BigInteger.One << Host(address, length)) - 1, address.IsV4), length)
        {
        }

        private static int Host(Address address, int length) => (address.IsV4 ? 32 : 128) - length;

        public static bool TryParse(string text, out Block block)
        {
            block = default;
            var slash = text.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0 || !Address.TryParse(text[..slash], out var address)) return false;
            var digits = text[(slash + 1)..];
            if (digits.Length is 0 or > 3 || digits.AsSpan().ContainsAnyExceptInRange('0', '9')) return false;
            if (digits.Length > 1 && digits[0] == '0') return false;
            var length = int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
            var isV6Text = text[..slash].Contains(':', StringComparison.Ordinal);
            if (length > (isV6Text ? 128 : 32)) return false;
            if (isV6Text && address.IsV4)
            {
                if (length < 96) return false;
                length -= 96;
            }

            block = new Block(address, length);
            return true;
        }

        public bool Contains(Address address) => address.IsV4 == First.IsV4 && address.Value >= First.Value && address.Value <= Last.Value;

        public override string ToString() => $"{First}/{Length}";
    }
}

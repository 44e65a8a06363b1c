using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.Tdx;

/// <summary>The first event of a log (TCG PC Client 10.4.5.1): which digests the events after it have.</summary>
internal static class SpecificationEvent
{
    /// <summary>TPM_ALG_SHA384.</summary>
    public const ushort Sha384 = 0x000C;

    private const string Format = "CCEL event log";
    private const int MaximumAlgorithms = 8;
    private const int MaximumDigestSize = 64;
    private const int Sha384Size = 48;

    /// <summary>The size of each algorithm's digest, by the algorithm's id.</summary>
    public static IReadOnlyDictionary<ushort, int> Read(ref ByteReader at)
    {
        at.UInt32("register");
        var type = at.UInt32("event type");
        if (type != EventLogEntry.NoAction)
            throw new MalformedException(Format, "event type", $"is {type}, the first event is of type 3 (EV_NO_ACTION)", 4);
        at.Zero("SHA-1 digest", 20);
        var size = at.UInt32("event size");
        var start = at.Offset;
        if (!at.Bytes("signature", 16).SequenceEqual("Spec ID Event03\0"u8))
            throw new MalformedException(Format, "signature", "is not \"Spec ID Event03\"", start);
        at.UInt32("platform class");
        at.Bytes("version and uintn size", 4);
        var count = at.UInt32("algorithm count");
        if (count is 0 or > MaximumAlgorithms)
            throw new MalformedException(Format, "algorithm count", $"is {count}, expected 1 to {MaximumAlgorithms}", at.Offset - 4);
        Dictionary<ushort, int> sizes = [];
        for (var i = 0; i < count; i++)
        {
            var offset = at.Offset;
            var (algorithm, digest) = (at.UInt16("algorithm id"), at.UInt16("digest size"));
            if (digest is 0 or > MaximumDigestSize || !sizes.TryAdd(algorithm, digest))
                throw new MalformedException(Format, "algorithm", $"0x{algorithm:x4} occurs twice or has digests of {digest} bytes", offset);
        }

        if (sizes.GetValueOrDefault(Sha384) != Sha384Size) throw new MalformedException(Format, "algorithms", "have no SHA-384", start);
        at.Bytes("vendor info", at.UInt8("vendor info size"));
        if (at.Offset - start != size)
            throw new MalformedException(Format, "event size", $"is {size}, its parts take {at.Offset - start}", start - 4);
        return sizes;
    }
}

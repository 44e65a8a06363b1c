using System.Security.Cryptography;
using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.Tdx;

/// <summary>
/// The event log of a trust domain (CCEL): what was measured into its run-time registers, in order. The log itself is unprotected; what it
/// says is worth as much as <see cref="Check(VerifiedTdxEvidence)"/> finds.
/// </summary>
public sealed class EventLog
{
    /// <summary>Largest log that is read, in bytes.</summary>
    public const int MaximumSize = 16 * 1024 * 1024;

    private const string Format = "CCEL event log";
    private const string Section = "TCG PC Client 10, TDX RTMR mapping";
    private const int DigestSize = 48;

    private EventLog(IReadOnlyList<EventLogEntry> entries) => Entries = entries;

    /// <summary>The events, in order.</summary>
    public IReadOnlyList<EventLogEntry> Entries { get; }

    /// <summary>Parses a log. What fills the area behind its end must be zeros or ones throughout.</summary>
    /// <exception cref="MalformedException">An event cannot be read, is measured into a register that does not exist, or has no SHA-384.</exception>
    public static EventLog Parse(ReadOnlyMemory<byte> log)
    {
        if (log.Length > MaximumSize) throw new MalformedException(Format, "length", $"is {log.Length} bytes, at most {MaximumSize} are taken");
        var at = new ByteReader(Format, log.Span);
        var sizes = SpecificationEvent.Read(ref at);
        List<EventLogEntry> entries = [];
        while (at.Remaining > 0 && !IsEnd(log.Span[at.Offset..], at.Offset)) entries.Add(ReadEntry(ref at, log, sizes));
        return new EventLog(entries);
    }

    /// <summary>The value of each run-time register after all these events: 48 bytes each, RTMR0 to RTMR3.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Replay()
    {
        var registers = new byte[TdReportBody.RtmrCount][];
        for (var i = 0; i < registers.Length; i++) registers[i] = new byte[DigestSize];
        Span<byte> extended = stackalloc byte[2 * DigestSize];
        foreach (var entry in Entries)
        {
            if (!entry.IsMeasured) continue;
            var register = registers[entry.Register - 1];
            register.CopyTo(extended);
            entry.Digest.Span.CopyTo(extended[DigestSize..]);
            SHA384.HashData(extended, register);
        }

        return [.. registers.Select(register => (ReadOnlyMemory<byte>)register)];
    }

    /// <summary>Every register of a genuine quote that the log does not lead to; none when the log is that of this domain.</summary>
    public IReadOnlyList<Finding> Check(VerifiedTdxEvidence evidence) => Check(evidence.Report);

    internal IReadOnlyList<Finding> Check(TdReportBody report)
    {
        List<Finding> findings = [];
        var replayed = Replay();
        for (var i = 0; i < replayed.Count; i++)
        {
            if (!replayed[i].Span.SequenceEqual(report.Rtmr(i)))
                findings.Add(new(
                    "event-log-mismatch", $"RTMR{i}", Convert.ToHexStringLower(report.Rtmr(i)), Convert.ToHexStringLower(replayed[i].Span), Section));
        }

        return findings;
    }

    private static bool IsEnd(ReadOnlySpan<byte> rest, int offset)
    {
        const int header = 8;
        var fill = rest[0];
        if (fill is not (0x00 or 0xFF) || rest[..Math.Min(header, rest.Length)].ContainsAnyExcept(fill)) return false;
        var other = rest.IndexOfAnyExcept(fill);
        return other < 0 ? true : throw new MalformedException(Format, "end", "is followed by more than its filling", offset + other);
    }

    private static EventLogEntry ReadEntry(ref ByteReader at, ReadOnlyMemory<byte> log, IReadOnlyDictionary<ushort, int> sizes)
    {
        var start = at.Offset;
        var register = at.UInt32("register");
        if (register > TdReportBody.RtmrCount)
            throw new MalformedException(Format, "register", $"is {register}, expected 0 (MRTD) to 4 (RTMR3)", start);
        var type = at.UInt32("event type");
        var count = at.UInt32("digest count");
        // Every digest has its algorithm's id, and no algorithm comes twice.
        if (count == 0 || count > sizes.Count)
            throw new MalformedException(Format, "digest count", $"is {count}, the log declares {sizes.Count} algorithms", start + 8);
        ReadOnlyMemory<byte> digest = default;
        for (var i = 0; i < count; i++)
        {
            var offset = at.Offset;
            var algorithm = at.UInt16("digest algorithm");
            if (!sizes.TryGetValue(algorithm, out var size))
                throw new MalformedException(Format, "digest algorithm", $"is 0x{algorithm:x4}, which the log does not declare", offset);
            if (algorithm == SpecificationEvent.Sha384) digest = log.Slice(at.Offset, Math.Min(size, at.Remaining));
            at.Bytes("digest", size);
        }

        if (digest.IsEmpty) throw new MalformedException(Format, "digests", "have no SHA-384", start);
        var length = at.UInt32("event size");
        if (length > at.Remaining) throw new MalformedException(Format, "event size", $"is {length}, {at.Remaining} bytes are left", at.Offset - 4);
        var data = log.Slice(at.Offset, (int)length);
        at.Bytes("event", (int)length);
        return new EventLogEntry(register, type, digest, data, start);
    }
}

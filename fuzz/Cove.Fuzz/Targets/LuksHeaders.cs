using System.Security.Cryptography;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;

namespace Cove.Fuzz.Targets;

/// <summary>
/// Headers of encrypted volumes. An input is tried as the JSON area of a header whose checksum is right, which mutation would not find, and, where it begins
/// as one, as the whole header. Key slots are opened only where their derivation is cheap: what it may cost is the owner's choice.
/// </summary>
internal sealed class LuksHeaders : ITarget
{
    private const int HeaderLength = 16 * 1024;
    private const int CheapIterations = 1000;

    public string Name => "luks-header";

    public IEnumerable<string> Words =>
    [
        "\"keyslots\"", "\"segments\"", "\"digests\"", "\"tokens\"", "\"config\"", "\"type\"", "\"luks2\"", "\"crypt\"", "\"key_size\"", "\"af\"", "\"luks1\"", "\"stripes\"", "\"hash\"", "\"sha256\"",
        "\"area\"", "\"raw\"", "\"offset\"", "\"size\"", "\"dynamic\"", "\"encryption\"", "\"aes-xts-plain64\"", "\"kdf\"", "\"pbkdf2\"", "\"argon2id\"", "\"iterations\"", "\"salt\"", "\"time\"", "\"memory\"",
        "\"cpus\"", "\"iv_tweak\"", "\"sector_size\"", "\"integrity\"", "\"requirements\"", "\"mandatory\"", "\"keyslots_size\"", "\"json_size\"", "\"digest\"", "\"0\"", "4000", "4096",
    ];

    public IEnumerable<byte[]> Seeds(SeedFiles files)
    {
        foreach (var sector in (int[])[512, 4096])
        {
            using var volume = LuksFormatter.Create(new byte[32], new LuksOptions { SectorSize = sector }, out var start);
            var header = LuksBinaryHeader.Parse(start.AsMemory(0, HeaderLength), second: false);
            yield return header.Json.ToArray();
            yield return start[..(2 * HeaderLength)];
        }
    }

    public void Run(byte[] input)
    {
        var image = input.AsSpan().StartsWith("LUKS"u8) ? input : Wrap(input);
        if (image.Length > 4 * HeaderLength) return;
        var store = new FuzzStore(image);
        var header = LuksHeader.ReadAsync(store, default).GetAwaiter().GetResult();
        if (header.KeySlots.Any(slot => slot.Derivation is not (null or LuksKeyDerivation.Pbkdf2 { Iterations: <= CheapIterations }) || slot.Stripes > 4000)) return;
        if (!header.UnlockAsync(store, new byte[32], default).GetAwaiter().GetResult().IsAccepted(out var key, out _)) return;
        using (key) key.Open(store).DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static byte[] Wrap(byte[] json)
    {
        if (json.Length >= HeaderLength - LuksBinaryHeader.FixedLength || json.AsSpan().Contains((byte)0)) return json;
        var header = new LuksBinaryHeader { Sequence = 1, Label = "", Uuid = "00000000-0000-0000-0000-000000000000", Subsystem = "", Json = json, Length = HeaderLength };
        return [.. header.Write(second: false), .. header.Write(second: true), .. new byte[HeaderLength]];
    }

    private sealed class FuzzStore(byte[] image) : IVolumeStore
    {
        // Behind its header the image is as large as it is asked to be, and zero.
        public long Length => long.MaxValue / 2;

        public bool IsWritable => false;

        public ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
        {
            buffer.Span.Clear();
            if (offset < image.Length) image.AsSpan((int)offset, (int)Math.Min(buffer.Length, image.Length - offset)).CopyTo(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask FlushAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

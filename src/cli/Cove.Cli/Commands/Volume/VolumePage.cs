using Cove.Volumes.Luks;
using Cove.Volumes.Verity;

namespace Cove.Cli.Commands.Volume;

/// <summary>How an encrypted image is shown.</summary>
internal static class VolumePage
{
    public static Answer Answer(string path, long bytes, LuksHeader header, int? opened, VolumeVerity? verified) => Output.Answer.Of(
        page =>
        {
            page.Line($"{page.Strong(path)}: LUKS2, {Quantity.Bytes(bytes)}{(header.Label.Length > 0 ? $", {page.Printable(header.Label)}" : "")}");
            page.Line($"  id          {page.Printable(header.Uuid)}");
            foreach (var segment in header.Segments)
                page.Line($"  data        {page.Printable(segment.Cipher)}, sectors of {segment.SectorSize} bytes, from byte {segment.Offset}{(segment.Integrity ? ", with integrity tags" : verified is null ? ", not authenticated" : "")}");
            if (verified is not null) page.Line($"  content     every block is as it was made, {verified}");
            foreach (var slot in header.KeySlots) page.Line($"  key slot {slot.Id}  {Derivation(slot.Derivation)}{(slot.Id == opened ? ", opened by this key" : "")}");
            if (!header.BothCopiesValid) page.Line("  header      one of its two copies is damaged");
        },
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("id", header.Uuid);
            writer.WriteString("label", header.Label);
            writer.WriteNumber("bytes", bytes);
            writer.WriteBoolean("bothHeaders", header.BothCopiesValid);
            writer.WriteStartArray("segments");
            foreach (var segment in header.Segments)
            {
                writer.WriteStartObject();
                writer.WriteString("cipher", segment.Cipher);
                writer.WriteNumber("sectorSize", segment.SectorSize);
                writer.WriteNumber("offset", segment.Offset);
                writer.WriteBoolean("integrity", segment.Integrity);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("keySlots");
            foreach (var slot in header.KeySlots)
            {
                writer.WriteStartObject();
                writer.WriteNumber("id", slot.Id);
                writer.WriteString("derivation", Derivation(slot.Derivation));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            if (verified is not null) writer.WriteString("verified", verified.ToString());
            if (opened is { } number) writer.WriteNumber("openedBy", number);
            writer.WriteEndObject();
        });

    private static string Derivation(LuksKeyDerivation? derivation) => derivation switch
    {
        LuksKeyDerivation.Pbkdf2 pbkdf2 => $"PBKDF2, {pbkdf2.Hash}, {pbkdf2.Iterations} iterations",
        LuksKeyDerivation.Argon2 argon2 => $"Argon2id, {argon2.Passes} passes over {argon2.Memory / 1024} MiB in {argon2.Lanes} lanes",
        _ => "not supported",
    };
}

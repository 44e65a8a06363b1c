using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Outcomes;
using Cove.Volumes.Kdf;
using static Cove.Volumes.Luks.LuksJson;

namespace Cove.Volumes.Luks;

/// <summary>Reads the JSON area. What is well-formed and not supported is kept, so that it can be named; what is not well-formed is refused.</summary>
internal static class LuksMetadataReader
{
    private const int MostKeySlots = 32;
    private const int MostSegments = 32;
    private const int MostDigests = 32;
    private const int MostStripes = 65536;
    private const int MostIterations = 100_000_000;
    private const int LongestKey = 128;
    private const int LongestSalt = 256;
    private const int LargestKeySlotsArea = 128 * 1024 * 1024;

    public static LuksMetadata Read(ReadOnlyMemory<byte> json)
    {
        using var document = StrictJson.ParseObject(json, LuksHeader.Format, LuksBinaryHeader.LargestLength);
        var root = document.RootElement;
        var config = Member(root, "config");
        var slotsBytes = LargeNumber(config, "keyslots_size");
        return new LuksMetadata
        {
            KeySlots = [.. Numbered(root, "keyslots", MostKeySlots).Select(slot => KeySlot(slot.Id, slot.Value))],
            Segments = [.. Numbered(root, "segments", MostSegments).Select(segment => Segment(segment.Id, segment.Value))],
            Digests = [.. Numbered(root, "digests", MostDigests).Select(digest => Digest(digest.Value))],
            Requirements = Requirements(config),
            KeySlotsBytes = slotsBytes <= LargestKeySlotsArea ? slotsBytes : throw Wrong("keyslots_size", $"is {slotsBytes}, at most {LargestKeySlotsArea}"),
        };
    }

    private static LuksKeySlot KeySlot(int id, JsonElement slot)
    {
        if (Text(slot, "type") != "luks2") return new LuksKeySlot(id, 0, 0, "", 0, 0, "", 0, null);
        var (split, area) = (Member(slot, "af"), Member(slot, "area"));
        if (Text(split, "type") != "luks1") throw Wrong("af", "is not of type luks1");
        if (Text(area, "type") != "raw") throw Wrong("area", "is not of type raw");
        return new LuksKeySlot(
            id,
            Number(slot, "key_size", 1, LongestKey),
            Number(split, "stripes", 1, MostStripes),
            Text(split, "hash"),
            LargeNumber(area, "offset"),
            LargeNumber(area, "size"),
            Text(area, "encryption"),
            Number(area, "key_size", 1, LongestKey),
            Derivation(Member(slot, "kdf")));
    }

    private static LuksKeyDerivation? Derivation(JsonElement kdf)
    {
        var salt = Bytes(kdf, "salt", 8, LongestSalt);
        return Text(kdf, "type") switch
        {
            "pbkdf2" when LuksHash.IsSupported(Text(kdf, "hash")) =>
                new LuksKeyDerivation.Pbkdf2(Text(kdf, "hash"), Number(kdf, "iterations", 1, MostIterations)) { Salt = salt },
            "argon2id" => new LuksKeyDerivation.Argon2(
                Number(kdf, "time", 1, Argon2id.MaximumPasses),
                Number(kdf, "memory", 8, Argon2id.MaximumMemory),
                Number(kdf, "cpus", 1, Argon2id.MaximumLanes)) { Salt = salt },
            _ => null,
        };
    }

    private static LuksSegment Segment(int id, JsonElement segment)
    {
        var size = Text(segment, "size");
        var type = Text(segment, "type");
        var crypt = type == "crypt";
        return new LuksSegment(
            id,
            type,
            LargeNumber(segment, "offset"),
            size == "dynamic" ? null : ParseLarge("size", size),
            crypt ? (ulong)LargeNumber(segment, "iv_tweak") : 0,
            crypt ? Text(segment, "encryption") : "",
            crypt ? Number(segment, "sector_size", 512, 4096) : 0,
            Optional(segment, "integrity") is not null);
    }

    private static LuksDigest Digest(JsonElement digest)
    {
        var hash = Text(digest, "hash");
        if (Text(digest, "type") != "pbkdf2" || !LuksHash.IsSupported(hash)) throw Wrong("digest", "is not PBKDF2 with SHA-256, SHA-384 or SHA-512");
        return new LuksDigest(
            Ids(digest, "keyslots"),
            Ids(digest, "segments"),
            hash,
            Number(digest, "iterations", 1, MostIterations),
            Bytes(digest, "salt", 8, LongestSalt),
            Bytes(digest, "digest", 20, 64));
    }

    private static IReadOnlyList<string> Requirements(JsonElement config) =>
        Optional(config, "requirements") is { } requirements && requirements.ValueKind == JsonValueKind.Object && Optional(requirements, "mandatory") is { } mandatory
            ? mandatory.ValueKind == JsonValueKind.Array && mandatory.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)
                ? [.. mandatory.EnumerateArray().Select(one => one.GetString()!)]
                : throw Wrong("requirements", "are not an array of strings")
            : [];
}

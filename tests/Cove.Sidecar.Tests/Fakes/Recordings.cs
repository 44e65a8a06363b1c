using System.Text.Json;

using Cove.Tests;

namespace Cove.Sidecar.Tests.Fakes;

/// <summary>The recorded request/response pairs of the reference sidecar, and what it sent out.</summary>
internal static class Recordings
{
    /// <summary>The transcript in which the reference gave all its evidence at once.</summary>
    private const int Combined = 35;

    public static IReadOnlyList<JsonElement> Transcripts { get; } = Read("skr-transcripts.jsonl");

    public static IReadOnlyList<JsonElement> Outgoing { get; } = Read("skr-outgoing.jsonl");

    public static string Body(int transcript) => Transcripts[transcript].GetProperty("body").GetString()!;

    /// <summary>The report, certificates, TCB and endorsement that the reference had when it was recorded.</summary>
    public static (byte[] Report, string CertificatesPem, string Tcb, string Endorsement) Evidence()
    {
        using var body = JsonDocument.Parse(Body(Combined));
        var root = body.RootElement;
        return (
            root.GetProperty("evidence").GetBytesFromBase64(),
            System.Text.Encoding.ASCII.GetString(root.GetProperty("endorsements").GetBytesFromBase64()),
            root.GetProperty("endorsed_tcb").GetString()!,
            root.GetProperty("uvm_endorsements").GetString()!);
    }

    /// <summary>The key that the reference released in a transcript.</summary>
    public static JsonElement ReleasedKey(int transcript)
    {
        using var body = JsonDocument.Parse(Body(transcript));
        return JsonDocument.Parse(body.RootElement.GetProperty("key").GetString()!).RootElement;
    }

    private static List<JsonElement> Read(string name) =>
        [.. File.ReadLines(Vectors.Path("wire", name)).Where(l => l.Length > 0).Select(l => JsonDocument.Parse(l).RootElement)];
}

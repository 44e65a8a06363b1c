namespace Cove.Sidecar.Tests.Fakes;

/// <summary>A request that the sidecar sent out, as the other side saw it.</summary>
internal sealed record RecordedRequest(string Method, string Host, string Target, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>What a fake service answers.</summary>
internal sealed record FakeAnswer(int Status, byte[] Body)
{
    public static FakeAnswer Json(string json, int status = 200) => new(status, System.Text.Encoding.UTF8.GetBytes(json));
}

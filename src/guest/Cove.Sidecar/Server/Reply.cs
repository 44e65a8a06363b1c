namespace Cove.Sidecar.Server;

/// <summary>A whole answer. One that holds a secret is zeroed once it is written.</summary>
internal sealed record Reply(int Status, byte[] Body, string? ContentType = Reply.Json, string? Location = null, bool IsSecret = false)
{
    public const string Json = "application/json; charset=utf-8";

    public static Reply Ok(byte[] body, bool isSecret = false) => new(StatusCodes.Status200OK, body, IsSecret: isSecret);

    /// <summary>For the log of whoever runs the group: why this is a refusal. The caller may show its own user nothing of the body.</summary>
    public string? Problem { get; private init; }

    public static Reply Failed(int status, string what, Exception cause) =>
        new(status, ErrorText.Body(what, cause)) { Problem = $"{what}: {cause.Message}" };
}

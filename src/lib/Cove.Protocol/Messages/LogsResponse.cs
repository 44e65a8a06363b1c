namespace Cove.Protocol.Messages;

/// <summary>The log was streamed.</summary>
/// <param name="MissedBytes">Oldest bytes that the bounded log no longer held.</param>
public sealed record LogsResponse(long MissedBytes);

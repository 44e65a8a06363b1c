namespace Cove.KeyService.Storage;

/// <summary>A release policy as stored: its normalised text, and whether it may ever change.</summary>
internal sealed record StoredPolicy(byte[] Data, bool Immutable, string ContentType);

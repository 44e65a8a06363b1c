namespace Cove.Services.Tests.Attestation;

/// <summary>A clock that stands where it is put.</summary>
internal sealed class AdjustableClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}

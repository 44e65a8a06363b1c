using Cove.Hosting.Errors;
using Cove.KeyService.Storage;
using Cove.Outcomes;

namespace Cove.KeyService.Api;

/// <summary>Rotates keys when their rotation policies say so. Where several instances share the state, one of them makes the new version and the others see
/// that it is there.</summary>
internal sealed class ScheduledRotation(KeyStore store, RotationPolicies policies, KeyRotator rotator, TimeProvider clock)
{
    /// <summary>Who rotated, in the audit log.</summary>
    public const string Caller = "rotation-policy";

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    /// <summary>Looks at once and then every five minutes, until it is stopped.</summary>
    public async Task RunAsync(ILogger log, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            do await RotateDueAsync(log, stopping);
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    /// <summary>Rotates every key that is due. One that cannot be is reported and tried again next time.</summary>
    /// <returns>How many were rotated here.</returns>
    public async Task<int> RotateDueAsync(ILogger log, CancellationToken cancellationToken)
    {
        var rotated = 0;
        try
        {
            foreach (var (name, policy) in policies.All())
            {
                if (store.Find(new(name)) is not { Attributes.Enabled: true } newest || !(policy.RotatesAt(newest.Attributes) <= clock.GetUtcNow())) continue;
                try
                {
                    var next = rotator.Next(newest);
                    if (await store.AddAfterAsync(newest.Id.Version!, next, new("rotate", next.Id.ToString(), Caller, "timer", []), cancellationToken)) rotated++;
                }
                catch (Exception e) when (e is ServiceException or MalformedException)
                {
                    log.LogError("key {Name} is due for rotation and was not rotated: {Message}", name, e.Message);
                }
            }
        }
        catch (UnavailableException e)
        {
            log.LogWarning("no key was rotated: {Message}", e.Message);
        }

        return rotated;
    }
}

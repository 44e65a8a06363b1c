using System.Xml;
using Cove.KeyService.Access;
using Cove.KeyService.Storage;

namespace Cove.KeyService.Api;

/// <summary>New versions of a key on demand, and the policy that says how long a version lives.</summary>
internal sealed class KeyRotation(KeyStore store, RotationPolicies policies, KeyRotator rotator, KeyBundles bundles, TimeProvider clock)
{
    private const int MaximumBody = 16 * 1024;
    private const int MaximumActions = 2;
    private static readonly TimeSpan ShortestLife = TimeSpan.FromDays(28);
    private static readonly TimeSpan ShortestTrigger = TimeSpan.FromDays(7);

    /// <summary>POST /keys/{name}/rotate.</summary>
    public async Task RotateAsync(KeyCall call, string name)
    {
        call.Require(DataAction.RotateKey, name);
        var old = store.Find(new(name)) ?? throw KeyErrors.NotFound(new(name));
        var next = rotator.Next(old);
        await call.AnswerAsync(bundles.Bundle(await store.AddAsync(next, new("rotate", next.Id.ToString(), call.Caller.Subject, call.RequestId, []), call.Aborted)));
    }

    /// <summary>GET /keys/{name}/rotationpolicy.</summary>
    public Task GetPolicyAsync(KeyCall call, string name)
    {
        call.Require(DataAction.ReadKey, name);
        var key = store.Find(new(name)) ?? throw KeyErrors.NotFound(new(name));
        return call.AnswerAsync(bundles.RotationPolicy(key.Id.Name, policies.Find(name) ?? RotationPolicy.Default(key.Attributes.Created)));
    }

    /// <summary>PUT /keys/{name}/rotationpolicy.</summary>
    public async Task SetPolicyAsync(KeyCall call, string name)
    {
        call.Require(DataAction.WriteKey, name);
        var key = store.Find(new(name)) ?? throw KeyErrors.NotFound(new(name));
        using var body = RequestJson.Parse(await call.ReadAsync(MaximumBody), MaximumBody);
        var request = new RequestJson(body.RootElement);
        var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
        var life = request.Object("attributes")?.Text("expiryTime");
        if (life is not null && Duration(life) < ShortestLife) throw KeyErrors.BadParameter($"expiryTime is {life}, expected at least P28D.");
        var actions = (request.Objects("lifetimeActions") ?? []).Select(Action).ToList();
        if (actions.Count > MaximumActions) throw KeyErrors.BadParameter($"lifetimeActions has {actions.Count} entries, at most {MaximumActions}.");
        // Else every version would be due as soon as it is made.
        if (life is not null && actions.Find(a => a.IsRotation && a.TimeBeforeExpiry is { } before && Duration(life) - Duration(before) < ShortestTrigger) is { } soon)
            throw KeyErrors.BadParameter($"timeBeforeExpiry {soon.TimeBeforeExpiry} leaves less than {ShortestTrigger.Days} days of expiryTime {life}.");
        var policy = new RotationPolicy(actions, life, policies.Find(name)?.Created ?? now, now);
        await policies.SetAsync(key.Id.Name, policy, new("rotation-policy", key.Id.Name, call.Caller.Subject, call.RequestId, []), call.Aborted);
        await call.AnswerAsync(bundles.RotationPolicy(key.Id.Name, policy));
    }

    private static RotationAction Action(RequestJson entry)
    {
        var type = entry.Object("action")?.Text("type") ?? throw KeyErrors.BadParameter("lifetimeActions.action.type is required.");
        type = type.ToLowerInvariant() switch { "rotate" => "Rotate", "notify" => "Notify",
            _ => throw KeyErrors.BadParameter($"lifetimeActions.action.type {type} is neither Rotate nor Notify.") };
        var (after, before) = (entry.Object("trigger")?.Text("timeAfterCreate"), entry.Object("trigger")?.Text("timeBeforeExpiry"));
        if (after is null == before is null)
            throw KeyErrors.BadParameter("lifetimeActions.trigger has not exactly one of timeAfterCreate and timeBeforeExpiry.");
        if (Duration(after ?? before!) < ShortestTrigger) throw KeyErrors.BadParameter($"lifetimeActions.trigger is {after ?? before}, expected at least P{ShortestTrigger.Days}D.");
        return new(type, after, before);
    }

    private static TimeSpan Duration(string text)
    {
        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw KeyErrors.BadParameter($"{text} is not a duration, for example P90D.");
        }
    }
}

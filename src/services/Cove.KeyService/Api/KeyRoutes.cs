using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Cove.Formats.Jose;
using Cove.KeyService.Access;
using Cove.KeyService.Backup;
using Cove.KeyService.Secrets;
using Cove.KeyService.Settings;

namespace Cove.KeyService.Api;

/// <summary>
/// Finds the operation of a request. Real clients write empty path segments (<c>/keys/k1//release</c>, <c>/keys/k1/</c>) and percent-encode
/// the query's names, so the path is split here rather than by route templates.
/// </summary>
internal sealed partial class KeyRoutes(AccessTokens access, Authorizer authorizer, RoleApi? roles, SettingApi? settings, BackupApi? fullBackups, KeyCreation creation, KeyQueries queries, KeyChanges changes, KeyRelease release,
    KeyCrypto crypto, KeyRotation rotation, KeyBackup backup, SecretRoutes secrets, AuditQueries audit)
{
    private const int MaximumRandom = 128;
    private const int MaximumRandomBody = 1024;

    public Task HandleAsync(HttpContext context)
    {
        WriteHeaders(context);
        // First of all, whatever else is wrong: clients send their body only after the challenge.
        var caller = access.Authenticate(context.Request);
        var call = new KeyCall(context, caller, authorizer, ApiVersion(context.Request));
        var segments = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length > 0) segments[0] = segments[0].ToLowerInvariant();
        if (roles?.TryHandle(call, segments, out var aboutRoles) == true) return aboutRoles;
        if (settings?.TryHandle(call, segments, out var aboutSettings) == true) return aboutSettings;
        if (fullBackups?.TryHandle(call, segments, out var aboutBackups) == true) return aboutBackups;
        return (context.Request.Method, segments) switch
        {
            ("POST", ["keys", var name, "create"]) => creation.CreateAsync(call, name),
            ("PUT", ["keys", var name]) => creation.ImportAsync(call, name),
            ("GET", ["keys"]) => queries.ListAsync(call),
            ("GET", ["keys", var name, "versions"]) => queries.VersionsAsync(call, name),
            ("GET", ["keys", var name]) => queries.GetAsync(call, new(name)),
            ("GET", ["keys", var name, "rotationpolicy"]) => rotation.GetPolicyAsync(call, name),
            ("GET", ["keys", var name, var version]) => queries.GetAsync(call, new(name, version)),
            ("PATCH", ["keys", var name]) => changes.UpdateAsync(call, new(name)),
            ("PATCH", ["keys", var name, var version]) => changes.UpdateAsync(call, new(name, version)),
            ("DELETE", ["keys", var name]) => changes.DeleteAsync(call, name),
            ("POST", ["keys", var name, "release"]) => release.ReleaseAsync(call, new(name)),
            ("POST", ["keys", var name, var version, "release"]) => release.ReleaseAsync(call, new(name, version)),
            ("POST", ["keys", "restore"]) => backup.RestoreAsync(call),
            ("POST", ["keys", var name, "backup"]) => backup.BackUpAsync(call, name),
            ("POST", ["keys", var name, "rotate"]) => rotation.RotateAsync(call, name),
            ("PUT", ["keys", var name, "rotationpolicy"]) => rotation.SetPolicyAsync(call, name),
            ("POST", ["keys", var name, ("encrypt" or "decrypt" or "wrapkey" or "unwrapkey" or "sign" or "verify") and var operation])
                => crypto.RunAsync(call, new(name), operation),
            ("POST", ["keys", var name, var version, ("encrypt" or "decrypt" or "wrapkey" or "unwrapkey" or "sign" or "verify") and var operation])
                => crypto.RunAsync(call, new(name, version), operation),
            ("POST", ["rng"]) => RandomAsync(call),
            ("GET", ["deletedkeys"]) => queries.ListDeletedAsync(call),
            ("GET", ["deletedkeys", var name]) => queries.GetDeletedAsync(call, name),
            ("POST", ["deletedkeys", var name, "recover"]) => changes.RecoverAsync(call, name),
            ("DELETE", ["deletedkeys", var name]) => changes.PurgeAsync(call, name),
            ("GET", ["audit"]) => audit.ListAsync(call),
            _ => secrets.HandleAsync(call, segments),
        };
    }

    /// <summary>POST /rng: 1 to 128 random bytes.</summary>
    private static async Task RandomAsync(KeyCall call)
    {
        call.Require(DataAction.RandomNumbers, RoleScope.Everything);
        using var body = RequestJson.Parse(await call.ReadAsync(MaximumRandomBody), MaximumRandomBody);
        var count = new RequestJson(body.RootElement).Number("count") ?? throw KeyErrors.BadParameter("count is required.");
        if (count is < 1 or > MaximumRandom) throw KeyErrors.BadParameter($"count is {count}, expected 1 to {MaximumRandom}.");
        await call.AnswerAsync(KeyBundles.Value(Base64Url.Encode(RandomNumberGenerator.GetBytes(count))));
    }

    private static string ApiVersion(HttpRequest request)
    {
        if (request.Query["api-version"] is not [{ Length: > 0 } version]) throw KeyErrors.BadParameter("api-version must be specified");
        return WellFormed().IsMatch(version) ? version : throw KeyErrors.BadParameter($"api-version {version} is not a version");
    }

    private static void WriteHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-cache";
        headers.Pragma = "no-cache";
        headers.Expires = "-1";
        headers.XContentTypeOptions = "nosniff";
        headers.StrictTransportSecurity = "max-age=31536000;includeSubDomains";
        headers["x-ms-keyvault-region"] = "local";
        if (context.Request.Headers["x-ms-client-request-id"] is [{ Length: > 0 and <= 128 } id]) headers["x-ms-client-request-id"] = id;
    }

    [GeneratedRegex(@"\A(\d{1,2}\.\d{1,2}(-preview(\.\d{1,2})?)?|\d{4}-\d{2}-\d{2}(-preview)?)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex WellFormed();
}

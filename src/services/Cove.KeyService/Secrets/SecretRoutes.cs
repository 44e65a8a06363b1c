using Cove.Hosting.Errors;
using Cove.KeyService.Api;

namespace Cove.KeyService.Secrets;

/// <summary>Finds the operation of a request about secrets, which is the last that a request can be about.</summary>
internal sealed class SecretRoutes(SecretApi secrets, SecretBackup backup)
{
    public Task HandleAsync(KeyCall call, string[] segments) => (call.Context.Request.Method, segments) switch
    {
        ("GET", ["secrets"]) => secrets.ListAsync(call),
        ("PUT", ["secrets", var name]) => secrets.SetAsync(call, name),
        ("GET", ["secrets", var name]) => secrets.GetAsync(call, name, null),
        ("GET", ["secrets", var name, "versions"]) => secrets.VersionsAsync(call, name),
        ("GET", ["secrets", var name, var version]) => secrets.GetAsync(call, name, version),
        ("PATCH", ["secrets", var name]) => secrets.UpdateAsync(call, name, null),
        ("PATCH", ["secrets", var name, var version]) => secrets.UpdateAsync(call, name, version),
        ("POST", ["secrets", "restore"]) => backup.RestoreAsync(call),
        ("POST", ["secrets", var name, "backup"]) => backup.BackUpAsync(call, name),
        ("DELETE", ["secrets", var name]) => secrets.DeleteAsync(call, name),
        ("GET", ["deletedsecrets"]) => secrets.ListDeletedAsync(call),
        ("GET", ["deletedsecrets", var name]) => secrets.GetDeletedAsync(call, name),
        ("POST", ["deletedsecrets", var name, "recover"]) => secrets.RecoverAsync(call, name),
        ("DELETE", ["deletedsecrets", var name]) => secrets.PurgeAsync(call, name),
        _ => throw new ServiceException(404, "NotFound", $"There is no {call.Context.Request.Method} {call.Context.Request.Path}."),
    };
}

using System.Globalization;
using Cove.Hosting.Errors;
using Cove.Keys.Vault;
using Cove.KeyService.Access;
using Cove.KeyService.Api;
using Cove.KeyService.Audit;
using Cove.Outcomes;

namespace Cove.KeyService.Backup;

/// <summary>Full backup and restore of a managed HSM, and restore of one key out of a full backup, in Azure's shapes: accepted with 202, then asked after.</summary>
internal sealed class BackupApi(FullBackups backups, BackupJobStore jobs, BackupStorage storage, AuditLog audit, Uri vault, TimeProvider clock)
{
    private const int MaximumBody = 16 * 1024;
    private const string RetrySeconds = "1";

    /// <summary>False where the request is not about full backups.</summary>
    public bool TryHandle(KeyCall call, string[] segments, out Task answer)
    {
        switch (call.Context.Request.Method, segments)
        {
            case ("POST", ["backup"]): answer = BackUpAsync(call); return true;
            case ("GET", ["backup", var job, "pending"]): answer = StatusAsync(call, job, isBackup: true); return true;
            case ("PUT", ["restore"]): answer = RestoreAsync(call, null); return true;
            case ("PUT", ["keys", var key, "restore"]): answer = RestoreAsync(call, key); return true;
            case ("GET", ["restore", var job, "pending"]): answer = StatusAsync(call, job, isBackup: false); return true;
            default: answer = Task.CompletedTask; return false;
        }
    }

    private async Task BackUpAsync(KeyCall call)
    {
        await RequireAsync(call, "fullbackup", DataAction.StartBackup, RoleScope.Everything);
        using var body = RequestJson.Parse(await call.ReadAsync(MaximumBody), MaximumBody);
        var place = BackupPlace.New(new RequestJson(body.RootElement), FolderName());
        var job = await BeginAsync(call, BackupKind.Backup, null, place);
        backups.Back(job, place, call.Caller, call.RequestId, Log(call));
        await AcceptAsync(call, job);
    }

    private async Task RestoreAsync(KeyCall call, string? key)
    {
        var target = key is null ? RoleScope.Everything : RoleScope.Key(key);
        await RequireAsync(call, key is null ? "fullrestore" : "keyrestore", DataAction.StartRestore, target);
        using var body = RequestJson.Parse(await call.ReadAsync(MaximumBody), MaximumBody);
        var request = new RequestJson(body.RootElement);
        var sas = request.Object("sasTokenParameters") ?? throw KeyErrors.BadParameter("sasTokenParameters is required.");
        var place = BackupPlace.Existing(sas, request.RequiredText(key is null ? "folderToRestore" : "folder"));
        var job = await BeginAsync(call, key is null ? BackupKind.Restore : BackupKind.KeyRestore, key is null ? null : new KeyId(key).Name, place);
        backups.Restore(job, place, call.Caller, call.RequestId, Log(call));
        await AcceptAsync(call, job);
    }

    private async Task StatusAsync(KeyCall call, string id, bool isBackup)
    {
        var job = Guid.TryParseExact(id, "N", out var name) ? jobs.Find(name) : null;
        var target = job?.Key is { } key ? RoleScope.Key(key) : RoleScope.Everything;
        call.Require(isBackup ? DataAction.ReadBackup : DataAction.ReadRestore, target);
        if (job is null || job.Kind is BackupKind.Backup != isBackup) throw new ServiceException(404, "JobNotFound", $"There is no such job: {id}.");
        await call.AnswerAsync(BackupBundles.Write(job));
    }

    /// <summary>Who may not, and what may not be used, is in the audit log too.</summary>
    private async Task RequireAsync(KeyCall call, string operation, string action, RoleScope target)
    {
        try
        {
            call.Require(action, target);
        }
        catch (ServiceException e)
        {
            await DenyAsync(call, operation, target.Path, new("backup-caller-not-authorized", "caller", action, call.Caller.Subject, "Managed HSM local RBAC"));
            throw new ServiceException(e.Status, e.Code, e.Message, e.InnerCode);
        }
    }

    private async Task<BackupJob> BeginAsync(KeyCall call, BackupKind kind, string? key, BackupPlace place)
    {
        if (storage.Refuse(place) is { } finding)
        {
            await DenyAsync(call, kind == BackupKind.Backup ? "fullbackup" : key is null ? "fullrestore" : "keyrestore", place.ToString(), finding);
            throw KeyErrors.NotPermitted(finding.ToString(), "ForbiddenByPolicy");
        }

        var entry = new AuditEntry(kind == BackupKind.Backup ? "fullbackup.start" : key is null ? "fullrestore.start" : "keyrestore.start", key is null ? place.ToString() : $"{key} from {place}",
            call.Caller.Subject, call.RequestId, []);
        return await jobs.BeginAsync(kind, key, place.ToString(), entry, call.Aborted);
    }

    private Task<long> DenyAsync(KeyCall call, string operation, string what, Finding finding)
        => audit.AppendAsync(new AuditEntry(operation, what, call.Caller.Subject, call.RequestId, [finding]), call.Aborted);

    private Task AcceptAsync(KeyCall call, BackupJob job)
    {
        var route = job.Kind == BackupKind.Backup ? "backup" : "restore";
        call.Context.Response.Headers["Azure-AsyncOperation"] = $"{vault.GetLeftPart(UriPartial.Authority)}/{route}/{job.Id:N}/pending?api-version={call.ApiVersion}";
        call.Context.Response.Headers.RetryAfter = RetrySeconds;
        return call.AnswerAsync(BackupBundles.Write(job), StatusCodes.Status202Accepted);
    }

    /// <summary>As Azure names them: the module and the time to a hundredth of a second.</summary>
    private string FolderName() => string.Create(CultureInfo.InvariantCulture, $"mhsm-{vault.Host.Split('.')[0]}-{clock.GetUtcNow():yyyyMMddHHmmssff}");

    private static ILogger Log(KeyCall call) => call.Context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(FullBackups).FullName!);
}

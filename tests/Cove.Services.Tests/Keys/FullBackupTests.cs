using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Hosting.Storage;
using Cove.KeyService.Audit;
using Cove.KeyService.Backup;
using Cove.KeyService.Storage;

namespace Cove.Services.Tests.Keys;

public sealed class FullBackupTests(BackupFixture service) : IClassFixture<BackupFixture>
{
    private const string BackupRole = "7b127d3c-77bd-4e3e-bbe0-dbb8971fa7f8";
    private const string RestoreRole = "6efe6056-5259-49d2-8b3d-d3d73544b20b";
    private const string Blob = "cove-full-backup";

    [Fact]
    public async Task The_azure_python_client_backs_up_and_restores_and_is_refused_what_its_roles_and_tokens_do_not_allow()
    {
        var container = await service.NewContainerAsync();
        using var backer = await service.WithRoleAsync("py-backer", BackupRole);
        using var restorer = await service.WithRoleAsync("py-restorer", RestoreRole);
        using var user = await service.WithRoleAsync("py-user", "21dbd100-6940-42c2-9190-5d6cb909625b");
        using var officer = await service.WithRoleAsync("py-user", "515eb02d-2335-4d2d-92f2-b1cbdf9c3778");
        var saw = await ClientScript.RunAsync("keyvault-backup.py", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["REQUESTS_CA_BUNDLE"] = service.Identity.AuthorityFile,
            ["VAULT_URL"] = service.Url.AbsoluteUri.TrimEnd('/'),
            ["BACKUP_TOKEN"] = service.Token("py-backer", null),
            ["RESTORE_TOKEN"] = service.Token("py-restorer", null),
            ["USER_TOKEN"] = service.Token("py-user", null),
            ["CONTAINER"] = container,
            ["SAS"] = BackupFixture.Sas(container),
            ["WRONG_SAS"] = BackupFixture.Sas(container + "-other"),
            ["ELSEWHERE"] = "https://elsewhere.blob.core.windows.net/backups",
        });

        Assert.Matches($@"\A{container}/mhsm-localhost-[0-9]{{16}}\z", Text("folder"));
        foreach (var attempt in (string[])["backupAsNobody", "backupAsRestorer", "restoreAsNobody", "restoreAsBacker", "keyRestoreAsNobody", "backupElsewhere", "restoreElsewhere"])
            Assert.Equal((attempt, "403 Forbidden"), (attempt, Text(attempt)));
        foreach (var attempt in (string[])["backupWrongSas", "restoreWrongSas", "restoreAbsent"]) Assert.Equal((attempt, "200 backup-storage-refused"), (attempt, Text(attempt)));
        foreach (var attempt in (string[])["keyThere", "keyDeleted"]) Assert.Equal((attempt, "200 backup-key-exists"), (attempt, Text(attempt)));
        Assert.Equal("200 backup-key-missing", Text("keyAbsent"));
        Assert.True(saw["restored"]!.GetValue<bool>());
        Assert.Equal("404 KeyNotFound", Text("later"));
        Assert.Equal("""{"n":true,"tags":{"a":"b"},"versions":2,"enabled":true}""", saw["kept"]!.ToJsonString());
        Assert.Contains("single", saw["deleted"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(256, saw["signs"]!.GetValue<int>());
        Assert.True(saw["keyRestored"]!.GetValue<bool>());
        Assert.Equal("other", Text("other"));
        Assert.True(saw["continued"]!.GetValue<bool>());
        await AssertChainAsync();

        string Text(string name) => saw[name]!.GetValue<string>();
    }

    [Fact]
    public async Task A_backup_that_was_changed_cut_swapped_or_made_elsewhere_is_refused_and_nothing_changes()
    {
        var container = await service.NewContainerAsync();
        using var backer = await service.WithRoleAsync("alter-backer", BackupRole);
        using var restorer = await service.WithRoleAsync("alter-restorer", RestoreRole);
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/altered/create", """{"kty":"EC"}"""));
        var (first, second) = (await BackUpAsync(backer, container), await BackUpAsync(backer, container));
        var original = await service.ReadBlobAsync($"{first}/{Blob}");
        var before = await service.StateAsync();
        foreach (var (what, bytes) in await AlteredAsync(original, second))
        {
            await service.WriteBlobAsync($"{first}/{Blob}", bytes);
            var job = await RestoreAsync(restorer, first);
            Assert.Equal((what, "Failed", "backup-not-authentic"), (what, job["status"]!.GetValue<string>(), job["error"]!["code"]!.GetValue<string>()));
            Assert.Equal(before, await service.StateAsync());
        }

        // The same bytes unchanged are taken.
        await service.WriteBlobAsync($"{first}/{Blob}", original);
        Assert.Equal("Succeeded", (await RestoreAsync(restorer, first))["status"]!.GetValue<string>());
        await AssertChainAsync();
    }

    [Fact]
    public async Task A_restore_that_fails_half_way_leaves_the_old_state_and_frees_the_next_one()
    {
        var container = await service.NewContainerAsync();
        using var backer = await service.WithRoleAsync("half-backer", BackupRole);
        using var restorer = await service.WithRoleAsync("half-restorer", RestoreRole);
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/half/create", """{"kty":"EC"}"""));
        var folder = await BackUpAsync(backer, container);
        var before = await service.StateAsync();
        var name = folder[(folder.LastIndexOf('/') + 1)..];
        using (var master = MasterKey.Load(service.MasterKeyFile))
        {
            // Sealed by the right key, but with two keys of one name.
            var lines = Encoding.UTF8.GetString(SealedSnapshot.Open(master, name, await service.ReadBlobAsync($"{folder}/{Blob}")));
            var row = lines.Split('\n').First(l => l.StartsWith("[\"key\",", StringComparison.Ordinal));
            await service.WriteBlobAsync($"{folder}/{Blob}", SealedSnapshot.Seal(master, name, Encoding.UTF8.GetBytes($"{lines}{row}\n")));
        }

        Assert.Equal("backup-failed", (await RestoreAsync(restorer, folder))["error"]!["code"]!.GetValue<string>());
        Assert.Equal(before, await service.StateAsync());
        Assert.Equal(HttpStatusCode.OK, (await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, "/keys/half")).StatusCode);
        await BackUpAsync(backer, container);
        await AssertChainAsync();
    }

    [Fact]
    public async Task Beginnings_ends_and_refusals_are_in_the_audit_log_and_signatures_are_not()
    {
        var container = await service.NewContainerAsync();
        using var backer = await service.WithRoleAsync("audit-backer", BackupRole);
        var folder = await BackUpAsync(backer, container);
        Assert.Equal("Failed", (await BackupFixture.RunAsync(backer, HttpMethod.Post, "/backup", Sas(container, BackupFixture.Sas(container, "r"))))["status"]!.GetValue<string>());
        await KeyServiceFixture.SendAsync(backer, HttpMethod.Put, "/restore", "{}");
        await KeyServiceFixture.SendAsync(backer, HttpMethod.Post, "/backup", Sas("https://elsewhere.blob.core.windows.net/b", "sig=secret"));
        await using var database = Database.Open(Path.Combine(service.Identity.Folder.FullName, "keys.db"), KeySchema.Sqlite);
        var entries = new AuditLog(database, TimeProvider.System).Read(0, 1000).Select(r => Encoding.UTF8.GetString(r.Entry.Span)).Where(e => e.Contains("audit-backer", StringComparison.Ordinal))
            .Select(e => JsonNode.Parse(e)!).Where(e => e["caller"]!.GetValue<string>() == "audit-backer").ToList();
        Assert.Equal(
            ["fullbackup.start", "fullbackup", "fullbackup.start", "fullbackup backup-storage-refused", "fullrestore backup-caller-not-authorized", "fullbackup backup-storage-not-permitted"],
            entries.Select(e => $"{e["operation"]} {e["findings"]!.AsArray().FirstOrDefault()?["code"]}".TrimEnd()));
        Assert.Equal(folder, entries[0]["key"]!.GetValue<string>());
        Assert.All(entries, e => Assert.DoesNotContain("sig=", e.ToJsonString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("POST", "/backup", """{}""", "storageResourceUri is required")]
    [InlineData("POST", "/backup", """{"storageResourceUri":"https://a.b/c"}""", "token is required")]
    [InlineData("POST", "/backup", """{"storageResourceUri":"http://a.b/c","token":"sig=x"}""", "not the https URL")]
    [InlineData("POST", "/backup", """{"storageResourceUri":"https://a.b/c?d","token":"sig=x"}""", "not the https URL")]
    [InlineData("POST", "/backup", """{"storageResourceUri":"https://u@a.b/c","token":"sig=x"}""", "not the https URL")]
    [InlineData("POST", "/backup", """{"storageResourceUri":"https://a.b/","token":"sig=x"}""", "not the https URL")]
    [InlineData("POST", "/backup", """{"storageResourceUri":"https://a.b/c","token":"sig=x#y"}""", "not a shared access signature")]
    [InlineData("POST", "/backup", """{"storageResourceUri":"https://a.b/c","token":""}""", "not a shared access signature")]
    [InlineData("POST", "/backup", """{"storageResourceUri":"https://a.b/c","token":"sig=x","useManagedIdentity":true}""", "useManagedIdentity")]
    [InlineData("PUT", "/restore", """{"folderToRestore":"f"}""", "sasTokenParameters is required")]
    [InlineData("PUT", "/restore", """{"sasTokenParameters":{"storageResourceUri":"https://a.b/c","token":"sig=x"}}""", "folderToRestore is required")]
    [InlineData("PUT", "/restore", """{"sasTokenParameters":{"storageResourceUri":"https://a.b/c","token":"sig=x"},"folderToRestore":"../f"}""", "not a path")]
    [InlineData("PUT", "/restore", """{"sasTokenParameters":{"storageResourceUri":"https://a.b/c","token":"sig=x"},"folderToRestore":"f?x"}""", "not a path")]
    [InlineData("PUT", "/keys/k/restore", """{"sasTokenParameters":{"storageResourceUri":"https://a.b/c","token":"sig=x"},"folder":"/f"}""", "not a path")]
    public async Task Refuses_a_request_that_names_no_place(string method, string path, string body, string reason)
    {
        using var administrator = service.Client(service.Token(BackupFixture.Administrator, null));
        var (status, code, _, message) = await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(administrator, new(method), path, body));
        Assert.Equal((400, "BadParameter"), (status, code));
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task There_is_no_job_by_another_name_and_no_full_backup_of_a_vault()
    {
        using var administrator = service.Client(service.Token(BackupFixture.Administrator, null));
        foreach (var path in (string[])["/backup/nothing/pending", $"/backup/{Guid.NewGuid():N}/pending", $"/restore/{Guid.NewGuid():N}/pending"])
            Assert.Equal(HttpStatusCode.NotFound, (await KeyServiceFixture.SendAsync(administrator, HttpMethod.Get, path)).StatusCode);
        await using var vault = new KeyServiceFixture();
        await vault.InitializeAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await KeyServiceFixture.SendAsync(vault.Owner, HttpMethod.Post, "/backup", "{}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await KeyServiceFixture.SendAsync(vault.Owner, HttpMethod.Put, "/restore", "{}")).StatusCode);
    }

    private async Task<IReadOnlyList<(string What, byte[] Bytes)>> AlteredAsync(byte[] original, string otherFolder)
    {
        byte[] Flipped(int at)
        {
            byte[] changed = [.. original];
            changed[at] ^= 1;
            return changed;
        }

        byte[] foreign;
        var folder = Directory.CreateTempSubdirectory("cove-test-");
        try
        {
            var file = Path.Combine(folder.FullName, "other.key");
            Cove.Formats.Certificates.PrivateFile.Write(file, System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
            using var other = MasterKey.Load(file);
            foreign = SealedSnapshot.Seal(other, otherFolder, "{}\n"u8);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return
        [
            ("the magic", Flipped(0)), ("the sealed key", Flipped(40)), ("a byte in the middle", Flipped(original.Length / 2)), ("the last byte", Flipped(original.Length - 1)),
            ("cut", original[..^1]), ("cut to its header", original[..20]), ("a byte more", [.. original, 0]), ("of another folder", await service.ReadBlobAsync($"{otherFolder}/{Blob}")),
            ("of another master key", foreign), ("one byte", [0]),
        ];
    }

    private static string Sas(string container, string token) => new JsonObject { ["storageResourceUri"] = container, ["token"] = token }.ToJsonString();

    private static async Task<string> BackUpAsync(HttpClient backer, string container)
    {
        var job = await BackupFixture.RunAsync(backer, HttpMethod.Post, "/backup", Sas(container, BackupFixture.Sas(container)));
        Assert.True(job["status"]!.GetValue<string>() == "Succeeded", job.ToJsonString());
        return job["azureStorageBlobContainerUri"]!.GetValue<string>();
    }

    private static Task<JsonNode> RestoreAsync(HttpClient restorer, string folder)
    {
        var (container, name) = (folder[..folder.LastIndexOf('/')], folder[(folder.LastIndexOf('/') + 1)..]);
        return BackupFixture.RunAsync(restorer, HttpMethod.Put, "/restore",
            new JsonObject { ["sasTokenParameters"] = JsonNode.Parse(Sas(container, BackupFixture.Sas(container))), ["folderToRestore"] = name }.ToJsonString());
    }

    private async Task AssertChainAsync()
    {
        await using var database = Database.Open(Path.Combine(service.Identity.Folder.FullName, "keys.db"), KeySchema.Sqlite);
        Assert.Null(AuditTrail.Follow(new AuditLog(database, TimeProvider.System)).Broken);
    }
}

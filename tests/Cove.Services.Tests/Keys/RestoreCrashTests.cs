using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Cove.Hosting.Storage;
using Cove.KeyService.Audit;
using Cove.KeyService.Storage;
using Cove.Tests;

namespace Cove.Services.Tests.Keys;

public sealed class RestoreCrashTests
{
    private const int Kills = 8;
    private const int LongestWait = 150;

    [Fact]
    public async Task Killed_in_the_middle_of_restores_it_holds_the_old_state_or_the_new_and_no_other()
    {
        Azurite.Require();
        await using var server = await Azurite.StartAsync(tls: true);
        using var service = new KeyServiceProcess();
        var certificate = Path.Combine(Path.GetDirectoryName(service.MasterKeyFile)!, "storage.pem");
        await File.WriteAllTextAsync(certificate, server.Certificate!.ExportCertificatePem(), TestContext.Current.CancellationToken);
        string[] options = ["--dialect", "managed-hsm", "--backup-storage", $"{server.Url("").TrimEnd('/')}={certificate}"];
        var container = await BackupFixture.NewContainerAsync(server);
        await service.StartAsync(options);
        using var owner = service.Owner();
        List<(string Folder, string State)> known = [];
        foreach (var set in (string[])["first", "second"])
        {
            for (var i = 0; i < 10; i++) await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(owner, HttpMethod.Post, $"/keys/{set}-{i}/create", """{"kty":"EC"}"""));
            var job = await BackupFixture.RunAsync(owner, HttpMethod.Post, "/backup", Sas(container).ToJsonString());
            var folder = job["azureStorageBlobContainerUri"]!.GetValue<string>();
            known.Add((folder[(folder.LastIndexOf('/') + 1)..], await BackupFixture.StateAsync(service.DataFolder)));
        }

        for (var kill = 0; kill < Kills; kill++)
        {
            var body = new JsonObject { ["sasTokenParameters"] = Sas(container), ["folderToRestore"] = known[kill % 2].Folder };
            Assert.Equal(HttpStatusCode.Accepted, (await KeyServiceFixture.SendAsync(owner, HttpMethod.Put, "/restore", body.ToJsonString())).StatusCode);
            await Task.Delay(RandomNumberGenerator.GetInt32(LongestWait), TestContext.Current.CancellationToken);
            await service.KillAsync();
            Assert.Contains(await BackupFixture.StateAsync(service.DataFolder), known.Select(k => k.State));
            // What was left running does not hold the next one back.
            await service.StartAsync(options);
        }

        await service.KillAsync();
        await using var database = Database.Open(Path.Combine(service.DataFolder, "keys.db"), KeySchema.Sqlite);
        Assert.Null(AuditTrail.Follow(new AuditLog(database, TimeProvider.System)).Broken);
    }

    private static JsonObject Sas(string container) => new() { ["storageResourceUri"] = container, ["token"] = BackupFixture.Sas(container) };
}

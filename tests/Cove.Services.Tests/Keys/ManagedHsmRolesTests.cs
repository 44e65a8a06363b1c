using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Formats.Jose;
using Cove.Hosting.Storage;
using Cove.KeyService.Access;
using Cove.KeyService.Storage;

namespace Cove.Services.Tests.Keys;

public sealed class ManagedHsmRolesTests(ManagedHsmFixture service) : IClassFixture<ManagedHsmFixture>
{
    private const string Roles = "/providers/Microsoft.Authorization";
    private const string CryptoUser = "21dbd100-6940-42c2-9190-5d6cb909625b";

    [Fact]
    public async Task The_azure_python_client_gives_and_takes_roles_and_each_allows_what_it_says_and_nothing_else()
    {
        var saw = await ClientScript.RunAsync("keyvault-administration.py", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["REQUESTS_CA_BUNDLE"] = service.Identity.AuthorityFile,
            ["VAULT_URL"] = service.Url.AbsoluteUri.TrimEnd('/'),
            ["ADMIN_TOKEN"] = service.Token(ManagedHsmFixture.Administrator, null),
            ["USER"] = "python-user",
            ["USER_TOKEN"] = service.Token("python-user", null),
            ["TARGET"] = service.Authority.Sign(service.Authority.Claims(service.WrapKey)),
            ["POLICY"] = Encoding.UTF8.GetString(Base64Url.Decode(service.PolicyData(), "test", "policy")),
        });

        Assert.Equal(9, saw["builtIn"]!.AsObject().Count);
        Assert.Equal("a290e904-7015-4bba-90c8-60543313cdb4", saw["builtIn"]!["Managed HSM Administrator"]!.GetValue<string>());
        Assert.Equal("21dbd100-6940-42c2-9190-5d6cb909625c", saw["builtIn"]!["Managed HSM Crypto Service Release User"]!.GetValue<string>());
        Assert.Equal("""["Microsoft.KeyVault/managedHsm/keys/release/action"]""", saw["permissions"]!.ToJsonString());
        string[] forbidden =
        [
            "createBefore", "readBefore", "assignBefore", "adminCreates", "purgeAsUser", "recoverAsUser", "createAfter", "officerReads", "readWithRelease", "releaseOther", "releaseAfter",
            "signs", "auditorUses", "auditorDeletes", "customSigns", "customChanged", "settingAsUser", "settingReadAsUser",
        ];
        foreach (var attempt in forbidden) Assert.Equal((attempt, "403 Forbidden"), (attempt, Text(attempt)));
        Assert.Equal("""{"scope":"/","principal":"python-user","role":true}""", saw["assignment"]!.ToJsonString());
        Assert.Equal("409 RoleAssignmentExists", Text("twice"));
        Assert.Equal("RSA-HSM", Text("kty"));
        Assert.Equal(8, saw["random"]!.GetValue<int>());
        Assert.True(saw["got"]!.GetValue<bool>());
        Assert.Equal("404 RoleAssignmentNotFound", Text("gone"));
        using (var released = service.Open(Encoding.UTF8.GetBytes(new JsonObject { ["value"] = Text("released") }.ToJsonString()), "hsm-one")) Assert.IsType<RsaJwk>(released.Key);
        Assert.Equal("[true]", saw["atKey"]!.ToJsonString());
        Assert.True(saw["unwrapped"]!.GetValue<bool>());
        Assert.Equal("hsm-one", Text("auditorReads"));
        Assert.Equal("""{"type":"CustomRole","name":true,"scopes":["/"]}""", saw["custom"]!.ToJsonString());
        Assert.Equal("hsm-one", Text("customReads"));
        Assert.Equal("409 RoleDefinitionHasAssignments", Text("customInUse"));
        Assert.Equal("404 RoleDefinitionNotFound", Text("customGone"));
        foreach (var wrong in (string[])["builtInDeleted", "unknownAction", "unknownRole"]) Assert.Equal("400 BadParameter", Text(wrong));
        Assert.Equal("""[["AllowKeyManagementOperationsThroughARM","false","boolean"]]""", saw["settings"]!.ToJsonString());
        Assert.Equal("""["true","true"]""", saw["settingChanged"]!.ToJsonString());
        Assert.Equal("400 BadParameter", Text("settingWrong"));
        Assert.Equal("404 SettingNotFound", Text("settingUnknown"));
        Assert.DoesNotContain("python-user", saw["left"]!.ToJsonString(), StringComparison.Ordinal);

        string Text(string name) => saw[name]!.GetValue<string>();
    }

    [Theory]
    [InlineData("POST", "/keys/k/create", "keys/create")]
    [InlineData("PUT", "/keys/k", "keys/import/action")]
    [InlineData("GET", "/keys/k", "keys/read/action")]
    [InlineData("GET", "/keys", "keys/read/action")]
    [InlineData("GET", "/keys/k/versions", "keys/read/action")]
    [InlineData("PATCH", "/keys/k", "keys/write/action")]
    [InlineData("DELETE", "/keys/k", "keys/delete")]
    [InlineData("POST", "/keys/k/release", "keys/release/action")]
    [InlineData("POST", "/keys/k/backup", "keys/backup/action")]
    [InlineData("POST", "/keys/restore", "keys/restore/action")]
    [InlineData("POST", "/keys/k/rotate", "keys/rotate/action")]
    [InlineData("GET", "/keys/k/rotationpolicy", "keys/read/action")]
    [InlineData("PUT", "/keys/k/rotationpolicy", "keys/write/action")]
    [InlineData("POST", "/keys/k/encrypt", "keys/encrypt/action")]
    [InlineData("POST", "/keys/k/decrypt", "keys/decrypt/action")]
    [InlineData("POST", "/keys/k/wrapkey", "keys/wrap/action")]
    [InlineData("POST", "/keys/k/unwrapkey", "keys/unwrap/action")]
    [InlineData("POST", "/keys/k/sign", "keys/sign/action")]
    [InlineData("POST", "/keys/k/verify", "keys/verify/action")]
    [InlineData("POST", "/rng", "rng/action")]
    [InlineData("POST", "/backup", "backup/start/action")]
    [InlineData("GET", "/backup/923592f1ccf34c519457b0b2f0d3f6d1/pending", "backup/status/action")]
    [InlineData("PUT", "/restore", "restore/start/action")]
    [InlineData("GET", "/restore/923592f1ccf34c519457b0b2f0d3f6d1/pending", "restore/status/action")]
    [InlineData("PUT", "/keys/k/restore", "restore/start/action on /keys/k")]
    [InlineData("GET", "/deletedkeys", "keys/deletedKeys/read/action")]
    [InlineData("GET", "/deletedkeys/k", "keys/deletedKeys/read/action")]
    [InlineData("POST", "/deletedkeys/k/recover", "keys/deletedKeys/recover/action")]
    [InlineData("DELETE", "/deletedkeys/k", "keys/deletedKeys/delete")]
    [InlineData("GET", "/audit", "Cove.Keys/audit/read/action")]
    [InlineData("GET", "/secrets", "secrets/readMetadata/action")]
    [InlineData("GET", "/secrets/s", "secrets/getSecret/action")]
    [InlineData("PUT", "/secrets/s", "secrets/setSecret/action")]
    [InlineData("DELETE", "/secrets/s", "secrets/delete")]
    [InlineData("POST", "/secrets/s/backup", "secrets/backup/action")]
    [InlineData("POST", "/secrets/restore", "secrets/restore/action")]
    [InlineData("GET", "/providers/Microsoft.Authorization/roleDefinitions", "roleDefinitions/read/action")]
    [InlineData("PUT", "/providers/Microsoft.Authorization/roleDefinitions/923592f1-ccf3-4c51-9457-b0b2f0d3f6d1", "roleDefinitions/write/action")]
    [InlineData("DELETE", "/providers/Microsoft.Authorization/roleDefinitions/923592f1-ccf3-4c51-9457-b0b2f0d3f6d1", "roleDefinitions/delete/action")]
    [InlineData("GET", "/keys//providers/Microsoft.Authorization/roleAssignments", "roleAssignments/read/action")]
    [InlineData("PUT", "/keys/k/providers/Microsoft.Authorization/roleAssignments/923592f1-ccf3-4c51-9457-b0b2f0d3f6d1", "roleAssignments/write/action")]
    [InlineData("DELETE", "/keys/k/providers/Microsoft.Authorization/roleAssignments/923592f1-ccf3-4c51-9457-b0b2f0d3f6d1", "roleAssignments/delete/action")]
    public async Task Without_a_role_every_operation_is_refused_by_the_action_that_it_needs(string method, string path, string action)
    {
        using var nobody = service.Client(service.Token("nobody", null));
        var (status, _, inner, message) = await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(nobody, new(method), path, "{}"));
        Assert.Equal((403, "ForbiddenByRbac"), (status, inner));
        Assert.Contains(action.Contains(" on ", StringComparison.Ordinal) ? action : $"{action} on ", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_may_be_given_to_a_group_and_holds_at_its_scope_only()
    {
        using var administrator = service.Client(service.Token(ManagedHsmFixture.Administrator, null));
        using var member = service.Client(service.TokenOfGroup("member", "operators"));
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/theirs/create", """{"kty":"EC"}"""));
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/theirs-too/create", """{"kty":"EC"}"""));
        var path = $"/keys/Theirs{Roles}/roleAssignments/{Guid.NewGuid()}";
        var assigned = await KeyServiceFixture.SendAsync(administrator, HttpMethod.Put, path, Assignment("operators"));
        Assert.Equal(HttpStatusCode.Created, assigned.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await KeyServiceFixture.SendAsync(member, HttpMethod.Get, "/keys/theirs")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyServiceFixture.SendAsync(member, HttpMethod.Get, "/keys/theirs-too")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyServiceFixture.SendAsync(member, HttpMethod.Get, "/keys")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await KeyServiceFixture.SendAsync(administrator, HttpMethod.Delete, path)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyServiceFixture.SendAsync(member, HttpMethod.Get, "/keys/theirs")).StatusCode);
    }

    [Fact]
    public async Task Lists_what_holds_at_a_scope_above_it_and_below_it()
    {
        using var administrator = service.Client(service.Token(ManagedHsmFixture.Administrator, null));
        foreach (var scope in (string[])["", "/keys", "/keys/listed", "/keys/listed-not"])
            Assert.Equal(HttpStatusCode.Created, (await KeyServiceFixture.SendAsync(administrator, HttpMethod.Put, $"{scope}{Roles}/roleAssignments/{Guid.NewGuid()}", Assignment("lister"))).StatusCode);
        Assert.Equal(["/", "/keys", "/keys/listed"], await ScopesAsync(administrator, "/keys/listed", "principalId eq 'lister'"));
        Assert.Equal(["/", "/keys", "/keys/listed", "/keys/listed-not"], await ScopesAsync(administrator, "/keys", "principalId eq 'lister'"));
        Assert.DoesNotContain("/keys/listed", await ScopesAsync(administrator, "/keys", "atScope()"));
        Assert.Contains("/keys/listed", await ScopesAsync(administrator, "", "atScopeAndBelow()"));
        Assert.Equal(HttpStatusCode.BadRequest, (await KeyServiceFixture.SendAsync(administrator, HttpMethod.Get, $"{Roles}/roleAssignments?api-version=7.4&$filter=all()")).StatusCode);
    }

    [Fact]
    public async Task A_release_that_the_caller_may_not_ask_for_is_in_the_audit_log()
    {
        using var nobody = service.Client(service.Token("nobody-at-all", null));
        await service.ReleaseAsync("some", "e30.e30.e30", nobody);
        await using var database = Database.Open(Path.Combine(service.Identity.Folder.FullName, "keys.db"), KeySchema.Sqlite);
        var log = new KeyService.Audit.AuditLog(database, TimeProvider.System);
        Assert.Contains(log.Read(0, 1000), r => Encoding.UTF8.GetString(r.Entry.Span) is var entry && entry.Contains("nobody-at-all", StringComparison.Ordinal) && entry.Contains("release-caller-not-authorized", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_vault_has_no_roles_of_its_own()
    {
        await using var vault = new KeyServiceFixture();
        await vault.InitializeAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await KeyServiceFixture.SendAsync(vault.Owner, HttpMethod.Get, $"{Roles}/roleDefinitions")).StatusCode);
    }

    private static string Assignment(string principal)
        => $$"""{"properties":{"roleDefinitionId":"Microsoft.KeyVault{{Roles}}/roleDefinitions/{{CryptoUser}}","principalId":"{{principal}}"} }""";

    private static async Task<List<string>> ScopesAsync(HttpClient client, string scope, string filter)
    {
        var page = await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(client, HttpMethod.Get, $"{scope}{Roles}/roleAssignments?api-version=7.4&$filter={Uri.EscapeDataString(filter)}"));
        return [.. page["value"]!.AsArray().Select(a => a!["properties"]!["scope"]!.GetValue<string>()).Order(StringComparer.Ordinal)];
    }
}

using System.Net;

namespace Cove.Services.Tests.Keys;

public sealed class Pkcs11MasterKeyTests
{
    private const string Create = """{"kty":"EC"}""";

    [Fact]
    public async Task Data_opens_with_the_tokens_key_and_with_no_other()
    {
        using var token = Token();
        using var service = Service(token, token.Uri());
        await service.StartAsync();
        using (var owner = service.Owner()) await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(owner, HttpMethod.Post, "/keys/kept/create", Create));
        await service.StopAsync();

        await service.StartAsync();
        using (var owner = service.Owner())
        {
            using var signed = await KeyServiceFixture.SendAsync(owner, HttpMethod.Post, "/keys/kept/sign", """{"alg":"ES256","value":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"}""");
            Assert.Equal(HttpStatusCode.OK, signed.StatusCode);
        }

        await service.StopAsync();

        token.Import("second", 32, "02");
        using var other = Service(token, token.Uri("second"), service);
        await FailsAsync(other, 2, "the key second in the token cove test is not the one that this data is sealed under");
    }

    [Fact]
    public async Task What_is_wrong_with_the_token_is_said()
    {
        using var token = Token();
        await FailsAsync(token, token.Uri(module: "/usr/lib/no-such-module.so"), 2, "the PKCS#11 module /usr/lib/no-such-module.so is not there or cannot be loaded");
        await FailsAsync(token, token.Uri(module: typeof(Pkcs11MasterKeyTests).Assembly.Location), 2, "is not there or cannot be loaded");
        await FailsAsync(token, token.Uri(token: "another"), 2, "the token another is not in " + SoftToken.Module);
        await FailsAsync(token, token.Uri("another"), 2, "the key another is not in the token cove test");
        token.Import("short", 16, "03");
        await FailsAsync(token, token.Uri("short"), 2, "the key short has 16 bytes, expected 32");
        token.SetPin("4321");
        await FailsAsync(token, token.Uri(), 2, "the token cove test does not take the PIN of file:");
        File.SetUnixFileMode(token.PinFile, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        await FailsAsync(token, token.Uri(), 2, "is open to others");
    }

    [Fact]
    public async Task A_key_that_was_removed_is_missed_at_the_start()
    {
        using var token = Token();
        using var service = Service(token, token.Uri());
        await service.StartAsync();
        await service.StopAsync();
        token.Empty();
        await FailsAsync(service, 2, "the key master is not in the token cove test");
        token.Import("master", 32, "01");
        await FailsAsync(service, 2, "is not the one that this data is sealed under");
    }

    [Fact]
    public async Task The_pin_may_be_in_the_environment_and_not_on_the_command_line()
    {
        using var token = Token();
        var uri = token.Uri();
        using var service = Service(token, $"{uri[..uri.IndexOf("&pin-source", StringComparison.Ordinal)]}&pin-source=env://TEST_PIN");
        await FailsAsync(service, 2, "the PIN's variable TEST_PIN is not set");
        service.Environment["TEST_PIN"] = "1234";
        await service.StartAsync();
        Assert.Equal(0, await service.StopAsync());
        using var told = Service(token, $"{uri}&pin-value=1234");
        await FailsAsync(told, 2, "holds a PIN");
    }

    private static SoftToken Token()
    {
        Assert.SkipUnless(File.Exists(SoftToken.Module), "SoftHSM is not installed: sudo apt-get install softhsm2");
        return new();
    }

    private static KeyServiceProcess Service(SoftToken token, string masterKey, KeyServiceProcess? peer = null)
        => new(peer) { MasterKey = masterKey, Environment = { ["SOFTHSM2_CONF"] = token.Configuration } };

    private static async Task FailsAsync(SoftToken token, string masterKey, int exitCode, string message)
    {
        using var service = Service(token, masterKey);
        await FailsAsync(service, exitCode, message);
    }

    private static async Task FailsAsync(KeyServiceProcess service, int exitCode, string message)
    {
        var (code, error) = await service.RunToEndAsync();
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Equal(exitCode, code);
    }
}

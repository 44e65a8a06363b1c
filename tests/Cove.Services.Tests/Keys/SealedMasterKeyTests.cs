using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Cove.Attestation.Snp;
using Cove.Formats.Certificates;
using Cove.Hosting.CommandLine;
using Cove.Hosting.Storage;
using Cove.Outcomes;
using Cove.Runtime.Simulation;
using Cove.Services.Tests.Attestation;

namespace Cove.Services.Tests.Keys;

public sealed class SealedMasterKeyTests(SimulatedEvidence simulated) : IDisposable
{
    private static readonly SimulatedLaunch Launch = new(new byte[48], new byte[32], SimulatedLaunch.ContainerGroupPolicy);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cove-seal-");

    private string SealedFile => Path.Combine(_folder.FullName, "master.sealed");

    private string Socket => Path.Combine(_folder.FullName, "sp");

    private string Source => $"simulated-snp:{SealedFile}?device={Socket}";

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_one_guest_sealed_it_opens_again()
    {
        await using var guest = Guest(Launch);
        byte[] secret;
        using (var first = await OpenAsync("new")) secret = first.Seal("secret"u8, "place");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SealedFile));
        var before = await File.ReadAllBytesAsync(SealedFile);
        using (var again = await OpenAsync(null)) Assert.Equal("secret"u8.ToArray(), again.Open(secret, "place"));
        // What is there is not sealed over.
        using (var again = await OpenAsync("new")) Assert.Equal("secret"u8.ToArray(), again.Open(secret, "place"));
        Assert.Equal(before, await File.ReadAllBytesAsync(SealedFile));
    }

    [Fact]
    public async Task A_key_that_is_at_hand_is_sealed_and_stays_the_same()
    {
        var plain = Path.Combine(_folder.FullName, "copy.key");
        var bytes = RandomNumberGenerator.GetBytes(32);
        PrivateFile.Write(plain, bytes);
        await using var guest = Guest(Launch);
        using var fromCopy = MasterKey.Load(plain);
        using var opened = await OpenAsync(plain);
        Assert.Equal("secret"u8.ToArray(), opened.Open(fromCopy.Seal("secret"u8, "place"), "place"));
        Assert.DoesNotContain(Convert.ToHexStringLower(bytes), await File.ReadAllTextAsync(SealedFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_sealed_unasked()
    {
        await using var guest = Guest(Launch);
        await FailsAsync("is not there");
        Assert.False(File.Exists(SealedFile));
        await Assert.ThrowsAsync<UsageException>(() => OpenAsync(Path.Combine(_folder.FullName, "no-such.key")));
        Assert.False(File.Exists(SealedFile));
    }

    [Fact]
    public async Task A_guest_that_differs_in_anything_does_not_open_it_and_says_in_what()
    {
        await SealAsync();
        byte[] other = [1, .. new byte[47]];
        await using (Guest(new(other, new byte[32], SimulatedLaunch.ContainerGroupPolicy))) await FailsAsync("sealed to the measurement 0000");
        await using (Guest(new(new byte[48], other.AsSpan(0, 32), SimulatedLaunch.ContainerGroupPolicy))) await FailsAsync("sealed to the host data 0000");
        await using (Guest(new(new byte[48], new byte[32], new GuestPolicy(SimulatedLaunch.ContainerGroupPolicy.Value | (1UL << 19))))) await FailsAsync("sealed to the launch policy 000000000003001f");
        using var authority = new SimulatedAuthority(TimeProvider.System);
        using var chip = authority.MakeChip(SimulatedChip.CurrentTcb);
        await using (Guest(Launch, chip)) await FailsAsync("sealed to the processor");
        await using (Guest(Launch)) (await OpenAsync(null)).Dispose();
    }

    [Fact]
    public async Task A_file_that_claims_another_guest_does_not_open_there_either()
    {
        await SealAsync();
        byte[] other = [1, .. new byte[47]];
        Change("measurement", Convert.ToHexStringLower(other));
        await using var guest = Guest(new(other, new byte[32], SimulatedLaunch.ContainerGroupPolicy));
        await FailsAsync("does not open: it was changed");
    }

    [Fact]
    public async Task Older_firmware_does_not_open_it()
    {
        await SealAsync();
        using var authority = new SimulatedAuthority(TimeProvider.System);
        using var chip = authority.MakeChip(SimulatedChip.CurrentTcb with { Snp = 23 });
        Change("chip", Convert.ToHexStringLower(chip.Certificate.HardwareId.Span));
        await using var guest = Guest(Launch, chip);
        await FailsAsync("its firmware is older");
    }

    [Theory]
    [InlineData("salt")]
    [InlineData("nonce")]
    [InlineData("sealed")]
    [InlineData("tcbVersion")]
    public async Task A_file_with_one_digit_changed_does_not_open(string member)
    {
        await SealAsync();
        var value = (string)Document()[member]!;
        // Downwards, for a TCB that the platform has not reached is refused before the seal is tried.
        Change(member, (member == "tcbVersion" ? value[0] - 1 : value[0] == '0' ? '1' : '0') is var digit ? $"{(char)digit}{value[1..]}" : value);
        await using var guest = Guest(Launch);
        await FailsAsync("does not open: it was changed");
    }

    [Theory]
    [InlineData("format", "cove sealed master key 2")]
    [InlineData("rootKey", "vmrk")]
    [InlineData("boundTo", "policy")]
    [InlineData("boundTo", "")]
    [InlineData("processor", "another")]
    [InlineData("measurement", "00")]
    [InlineData("measurement", null)]
    [InlineData("salt", "XX")]
    [InlineData("extra", "1")]
    public async Task A_file_of_another_form_is_no_sealed_key(string member, string? value)
    {
        await SealAsync();
        Change(member, value);
        await using var guest = Guest(Launch);
        await FailsAsync($"sealed master key: {member}");
    }

    [Fact]
    public async Task What_is_simulated_says_so_and_is_not_taken_for_hardware()
    {
        await SealAsync();
        Assert.Equal("simulated sev-snp, protects nothing", (string)Document()["processor"]!);
        await using var guest = Guest(Launch);
        var refused = await Assert.ThrowsAsync<UsageException>(() => MasterKey.OpenAsync($"snp:{SealedFile}", null, Nothing));
        Assert.Contains("is for simulated sev-snp, protects nothing; --master-key says sev-snp", refused.Message, StringComparison.Ordinal);
        Change("processor", "sev-snp");
        await FailsAsync("is for sev-snp; --master-key says simulated");
    }

    [Fact]
    public async Task Without_the_processor_there_is_no_key()
    {
        await Assert.ThrowsAsync<UnavailableException>(() => OpenAsync("new"));
        Assert.False(File.Exists(SealedFile));
        await SealAsync();
        await Assert.ThrowsAsync<UnavailableException>(() => OpenAsync(null));
        var missing = await Assert.ThrowsAsync<UnavailableException>(() => MasterKey.OpenAsync($"snp:{SealedFile}2?device=/dev/no-such-device", "new", Nothing));
        Assert.Contains("no SEV-SNP guest", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("snp:")]
    [InlineData("snp:file?")]
    [InlineData("snp:file?device=")]
    [InlineData("simulated-snp:file?other=1")]
    public async Task A_source_that_names_no_file_is_refused(string source) => await Assert.ThrowsAsync<UsageException>(() => MasterKey.OpenAsync(source, "new", Nothing));

    [Fact]
    public async Task The_service_keeps_its_data_under_a_sealed_key()
    {
        using var service = new KeyServiceProcess { MasterKey = Source };
        Assert.Equal((5, true), await EndsAsync(service, "there is no simulated processor", "--seal-master-key", "new"));
        await using (Guest(Launch))
        {
            Assert.Equal((2, true), await EndsAsync(service, "is not there"));
            await service.StartAsync("--seal-master-key", "new");
            using (var owner = service.Owner()) await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(owner, HttpMethod.Post, "/keys/kept/create", """{"kty":"EC"}"""));
            await service.StopAsync();
            await service.StartAsync();
            using (var owner = service.Owner())
                await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(owner, HttpMethod.Post, "/keys/kept/sign", """{"alg":"ES256","value":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"}"""));
            await service.StopAsync();

            // Somebody takes the sealed file away: the key that would be made anew is not the data's.
            File.Delete(SealedFile);
            Assert.Equal((2, true), await EndsAsync(service, "the master key is not the one that this data is sealed under", "--seal-master-key", "new"));
            var beside = Path.Combine(_folder.FullName, "second.sealed");
            using var warned = new KeyServiceProcess { MasterKey = $"simulated-snp:{beside}?device={Socket}" };
            await warned.StartAsync("--seal-master-key", "new");
            Assert.Equal("cove-key-service: warning: the master key is sealed to a simulated processor, which protects nothing", await warned.ErrorLineAsync());
            await warned.StopAsync();
        }

        using var plain = new KeyServiceProcess();
        Assert.Equal((2, true), await EndsAsync(plain, "the master key is not a sealed one", "--seal-master-key", "new"));
    }

    private static Task<byte[]> Nothing(byte[] offered) => throw new InvalidOperationException("a sealed key needs nothing kept");

    private static async Task<(int ExitCode, bool Says)> EndsAsync(KeyServiceProcess service, string message, params string[] more)
    {
        var (code, error) = await service.RunToEndAsync(more);
        return (code, error.Contains(message, StringComparison.Ordinal));
    }

    private Task<MasterKey> OpenAsync(string? seal) => MasterKey.OpenAsync(Source, seal, Nothing);

    private async Task SealAsync()
    {
        await using var guest = Guest(Launch);
        (await OpenAsync("new")).Dispose();
    }

    private async Task FailsAsync(string message)
    {
        var refused = await Assert.ThrowsAsync<UsageException>(() => OpenAsync(null));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    private JsonObject Document() => JsonNode.Parse(File.ReadAllBytes(SealedFile))!.AsObject();

    private void Change(string member, string? value)
    {
        var document = Document();
        document.Remove(member);
        if (value is not null) document[member] = value;
        File.WriteAllText(SealedFile, document.ToJsonString());
    }

    private SimulatedProcessorServer Guest(SimulatedLaunch launch, SimulatedChip? chip = null)
        => SimulatedProcessorServer.Start(SimulatedProcessor.Launch(chip ?? simulated.Chip, launch), Socket, TimeProvider.System);
}

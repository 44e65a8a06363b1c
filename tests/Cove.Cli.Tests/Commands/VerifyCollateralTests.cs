using System.Text.Json;
using Cove.Attestation.OpenEnclave;
using Cove.Tests;

namespace Cove.Cli.Tests.Commands;

/// <summary>The forms in which Intel's collateral may be given give the same verdict.</summary>
public sealed class VerifyCollateralTests
{
    private const string Evidence = "enclave.bin";

    [Fact]
    public async Task One_json_document_or_a_folder_of_its_members_say_the_same()
    {
        using var desk = new Desk();
        desk.Write(Evidence, File.ReadAllBytes(Vectors.Path("attestation", "openenclave", "sgx_evidence.bin")));
        var json = OpenEnclaveEndorsements.Parse(File.ReadAllBytes(Vectors.Path("attestation", "openenclave", "sgx_endorsements.bin"))).ToJson();
        desk.Write("collateral.json", json);
        using var document = JsonDocument.Parse(json);
        foreach (var member in document.RootElement.EnumerateObject()) desk.Write($"folder/{member.Name}.txt", member.Value.GetString()!);
        var one = await desk.Cove("verify", Evidence, "--collateral", "collateral.json", "--at", "2022-04-27");
        var many = await desk.Cove("verify", Evidence, "--collateral", "folder", "--at", "2022-04-27");
        Assert.Equal(3, one.Exit);
        Assert.Contains("debug-not-permitted", one.Out, StringComparison.Ordinal);
        Assert.Equal(one.Out, many.Out);
        desk.Write("folder/tcb_info.json", "{}");
        Assert.Equal(2, (await desk.Cove("verify", Evidence, "--collateral", "folder", "--at", "2022-04-27")).Exit);
        File.Delete(desk.Path("folder", "tcb_info.json"));
        File.Delete(desk.Path("folder", "pck_crl.txt"));
        var missing = await desk.Cove("verify", Evidence, "--collateral", "folder", "--at", "2022-04-27");
        Assert.Equal(4, missing.Exit);
        Assert.Contains("pck_crl", missing.Error, StringComparison.Ordinal);
    }
}

using System.Security.Cryptography;
using System.Text;
using Cove.Policy.Generation;
using Cove.Policy.Model;

namespace Cove.Tests.Generation;

/// <summary>
/// Samples of az confcom's own repository (src/confcom/samples/aci): templates of ours that state the same facts give the policies that are
/// published there, to the byte. The digests are of the published files, which end in the line ends of its print.
/// </summary>
public sealed class ConfcomSampleTests
{
    private const string Image = "mcr.microsoft.com/azurelinux/distroless/base@sha256:1e77d97e1e39f22ed9c52f49b3508b4c1044cec23743df9098ac44e025f654f2";

    private static readonly ImageFacts Distroless = new()
    {
        Layers = ["243e1b3ce08093f2f0d9cd6a9eafde8737f64fec105ed59c346d309fbe760b58"],
        Environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    };

    [Theory]
    [InlineData("minimal", "", "", PolicyForm.Api0_10, null, "2c692a13bd6ac842a82a4e5ce11c9a9fe75fa876a4e8f275996f26cd90b8cf95")]
    [InlineData("command", """ "command": ["/bin/sh", "-c", "while true; do echo hello; sleep 10; done"], """, "", PolicyForm.Api0_10, null, "462ca69d201fb7f1bec5122a32e4177375af98fa6d0cefe91dd09044d4dce7bb")]
    [InlineData(
        "environment_variables", """ "environmentVariables": [ { "name": "MY_VAR", "value": "MY_VAL" } ], """, "", PolicyForm.Api0_10, "1", "2a61992d0410b5029be5b7a8814eab625d406a3cfdc4051c935ee18dab4c45e0")]
    [InlineData("security_context_run_as_user", """ "securityContext": { "runAsUser": 1234 }, """, "", PolicyForm.Api0_10, null, "21fe0932d107968bf2327ddff7d9613f738a692ccf873a21dfb9bdcc2ff6ce4d")]
    [InlineData(
        "security_context_capabilities_add_drop",
        """ "securityContext": { "capabilities": { "add": ["CAP_SYS_TIME", "CAP_DAC_READ_SEARCH"], "drop": ["CAP_CHOWN", "CAP_KILL"] } }, """,
        "", PolicyForm.Api0_11, null, "7bc24eb5d0dcf287e948ad53cf7985aac8260b4a98218cbd5ade0acf743af8ac")]
    [InlineData(
        "volume_mounts",
        """ "volumeMounts": [ { "name": "files", "mountPath": "/aci/logs", "readOnly": false } ], """,
        """ "volumes": [ { "name": "files", "azureFile": { "shareName": "s", "storageAccountName": "a" } } ], """,
        PolicyForm.Api0_11, null, "3c81e5062cdb427fdb2ba5b3c2778652f6b94d17a7b3c98ae7f6c48286f33656")]
    public void The_sample_yields_the_published_policy(string sample, string containerMembers, string groupMembers, PolicyForm form, string? infrastructureSvn, string sha256)
    {
        var template = Samples.Group(containerMembers, groupMembers)
            .Replace("\"app\"", "\"container1\"", StringComparison.Ordinal).Replace("example/app:1", Image, StringComparison.Ordinal);
        var policy = PolicyGenerator.Generate(
            Samples.Parse(template).Groups[0], _ => Distroless, new GeneratorOptions { Form = form, InfrastructureSvn = infrastructureSvn });
        var printed = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(policy.Text + "\n\n\n")));
        Assert.True(sha256 == printed, $"{sample}: {printed}\n{policy.Text}");
    }
}

using System.Text;
using Cove.Attestation;

namespace Cove.Fuzz.Targets;

/// <summary>Policy files.</summary>
internal sealed class AppraisalPolicies : ITarget
{
    public string Name => "appraisal-policy";

    public IEnumerable<string> Words =>
        ["\"snp\"", "\"sgx\"", "\"tdx\"", "\"azureGuest\"", "\"tcb\"", "\"any\"", "\"measurement\"", "\"minimumTcb\"", "\"Milan\"", "\"acceptedStatuses\"", "\"UpToDate\"", "\"rtmrs\"", "\"pcrs\"", "\"claimRules\"", "\"permittedVmpls\""];

    public IEnumerable<byte[]> Seeds(SeedFiles files) => new[]
    {
        """{"snp":{"permittedVmpls":[0],"minimumTcb":{"Milan":{"snp":24}},"measurement":"any","hostData":[]}}""",
        """{"sgx":{"tcb":{"acceptedStatuses":["UpToDate"],"minimumTcbDate":"2024-03-13"},"productId":["0100"]},"tdx":{"rtmrs":["any",[]]},"azureGuest":{"nonce":["00"],"pcrs":{"8":"any"}}}""",
        """{"claimRules":"version= 1.0;authorizationrules{=> permit();};"}""",
    }.Select(Encoding.UTF8.GetBytes);

    public void Run(byte[] input) => AppraisalPolicy.Parse(input);
}

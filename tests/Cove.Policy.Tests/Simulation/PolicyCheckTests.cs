using Cove.Outcomes;
using Cove.Policy.Explanation;
using Cove.Policy.Simulation;
using Cove.Tests.Enforcement;

namespace Cove.Tests.Simulation;

public sealed class PolicyCheckTests
{
    [Fact]
    public void Requests_are_answered_in_order_and_remembered()
    {
        var mount = $$$"""{"point":"mount_device","input":{"target":"/run/mounts/scsi/m0","deviceHash":"{{{Samples.Layer1}}}","mountPathRegex":"/run/mounts/scsi/m[0-9]+"}}""";
        var answers = PolicyCheck.Run(Guests.Policy, System.Text.Encoding.UTF8.GetBytes($$"""[{{mount}},{{mount}},{"point":"no_such_point"},{"point":"get_properties"}]"""));
        Assert.Equal([true, false, false, true], answers.Select(answer => answer.Denial is null));
        Assert.Equal("{\"allowed\":true}", answers[0].Answer);
        Assert.Equal(["device already mounted at path"], answers[1].Denial!.Errors);
        Assert.Equal("enforcement point rule no_such_point does not exist", answers[2].Denial!.PolicyError);
    }

    [Theory]
    [InlineData("[{}]")]
    [InlineData("7")]
    [InlineData("[")]
    public void What_is_no_list_of_requests_is_refused(string requests) =>
        Assert.Throws<MalformedException>(() => PolicyCheck.Run(Guests.Policy, System.Text.Encoding.UTF8.GetBytes(requests)));

    [Theory]
    [InlineData("invalid mount list: /a,/b", true)]
    [InlineData("deviceHash not found", true)]
    [InlineData("unencrypted scratch not allowed, non-readonly mount request for SCSI disk must request encryption", true)]
    [InlineData("something else: entirely", false)]
    public void Known_sentences_have_a_hint(string error, bool known) => Assert.Equal(known, DenialHints.For(error) is not null);
}

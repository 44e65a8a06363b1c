using Cove.Attestation.Dcap;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Dcap;

public sealed class TcbStatusesTests
{
    private static readonly TcbStatus[] OfParts = [.. Enum.GetValues<TcbStatus>().Where(status => status <= TcbStatus.Revoked)];

    [Fact]
    public void Statuses_converge_whatever_the_order_and_never_to_a_better_one()
    {
        foreach (var one in OfParts)
        {
            Assert.Equal(one, TcbStatuses.Worse(one, one));
            Assert.Equal(one, TcbStatuses.Worse(one, TcbStatus.UpToDate));
            Assert.Equal(TcbStatus.Revoked, TcbStatuses.Worse(one, TcbStatus.Revoked));
            foreach (var other in OfParts)
            {
                var both = TcbStatuses.Worse(one, other);
                Assert.Equal(both, TcbStatuses.Worse(other, one));
                Assert.Equal(both, TcbStatuses.Worse(both, one));
                foreach (var third in OfParts) Assert.Equal(TcbStatuses.Worse(both, third), TcbStatuses.Worse(one, TcbStatuses.Worse(other, third)));
            }
        }
    }

    [Fact]
    public void Every_status_that_Intel_signs_is_read_by_its_name_and_no_other_is()
    {
        foreach (var status in OfParts) Assert.Equal(status, TcbStatuses.Parse(status.ToString(), "TCB info"));
        foreach (var text in (string[])["", "uptodate", "UpToDate ", "TDRelaunchAdvised", "0"]) Assert.Throws<MalformedException>(() => TcbStatuses.Parse(text, "TCB info"));
    }
}

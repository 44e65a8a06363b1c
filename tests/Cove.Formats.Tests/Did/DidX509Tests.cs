using Cove.Formats.Did;
using Cove.Outcomes;

namespace Cove.Formats.Tests.Did;

public sealed class DidX509Tests
{
    private const string Authority = "did:x509:0:sha256:I__iuL25oXEVFdTP_aBLx_eT1RPHbCQ_ECBQfYZpt9s";

    [Theory]
    [InlineData("::eku:1.3.6.1.4.1.311.76.59.1.2")]
    [InlineData("::subject:CN:Cove:O:Cove%20Ltd.::eku:1.2.3")]
    [InlineData("::san:uri:https%3A%2F%2Fexample.com%2F%C3%A9")]
    [InlineData("::fulcio-issuer:token.actions.githubusercontent.com")]
    public void Reads_each_kind_of_predicate(string predicates) => Assert.Equal(Authority + predicates, DidX509.Parse(Authority + predicates).Text);

    [Theory]
    [InlineData("did:web:example.com", "method")]
    [InlineData("did:x509:1:sha256:I__iuL25oXEVFdTP_aBLx_eT1RPHbCQ_ECBQfYZpt9s::eku:1.2.3", "method")]
    [InlineData(Authority, "predicates")]
    [InlineData("did:x509:0:sha1:I__iuL25oXEVFdTP_aBLx_eT1RPHbCQ_ECBQfYZpt9s::eku:1.2.3", "fingerprint")]
    [InlineData("did:x509:0:sha384:I__iuL25oXEVFdTP_aBLx_eT1RPHbCQ_ECBQfYZpt9s::eku:1.2.3", "fingerprint")]
    [InlineData("did:x509:0:sha256:I__iuL25::eku:1.2.3", "fingerprint")]
    [InlineData(Authority + "::", "predicate")]
    [InlineData(Authority + "::eku:", "predicate")]
    [InlineData(Authority + "::eku:abc", "predicate")]
    [InlineData(Authority + "::eku:1.2.3:4", "predicate")]
    [InlineData(Authority + "::san:ip:1", "predicate")]
    [InlineData(Authority + "::unknown:x", "predicate")]
    [InlineData(Authority + "::subject:CN", "subject")]
    [InlineData(Authority + "::subject:CN:a:CN:b", "subject")]
    [InlineData(Authority + "::subject:XX:a", "subject")]
    [InlineData(Authority + "::subject:CN:a b", "value")]
    [InlineData(Authority + "::subject:CN:a~", "value")]
    [InlineData(Authority + "::subject:CN:%4", "value")]
    [InlineData(Authority + "::subject:CN:%FF", "value")]
    public void Refuses_what_the_method_does_not_allow(string text, string field) => Assert.Equal(field, Assert.Throws<MalformedException>(() => DidX509.Parse(text)).Field);
}

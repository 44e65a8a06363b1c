using System.Text;
using Cove.Sidecar.Tests.Fakes;
using Cove.Sidecar.Uvm;

namespace Cove.Sidecar.Tests.Uvm;

public sealed class UvmSourceTests : IDisposable
{
    private const string Certificates = """{"VcekCert":"V","tcbm":"0A","certificateChain":"C","cacheControl":"0"}""";
    private readonly string root = Directory.CreateTempSubdirectory("cove-uvm-").FullName;
    private readonly Dictionary<string, string> environment = [];

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void The_named_folder_goes_before_the_one_that_is_found()
    {
        SecurityContext.Write(Path.Combine(root, "security-context-1"), Certificates, "found");
        environment["UVM_SECURITY_CONTEXT_DIR"] = SecurityContext.Write(Path.Combine(root, "named"), Certificates, "named");

        Assert.Equal("named", Read().ReferenceInfo);
        environment.Clear();
        Assert.Equal("found", Read().ReferenceInfo);
    }

    [Fact]
    public void The_first_folder_by_name_is_taken()
    {
        SecurityContext.Write(Path.Combine(root, "security-context-2"), Certificates, "second");
        SecurityContext.Write(Path.Combine(root, "a-security-context-9"), Certificates, "first");
        Assert.Equal("first", Read().ReferenceInfo);
    }

    [Fact]
    public void A_pods_folder_is_the_last_resort()
    {
        SecurityContext.Write(Path.Combine(root, "opt/confidential-containers/share/kata-containers"), null, "pod", null);

        var read = Read();

        Assert.Equal(("pod", "", ""), (read.ReferenceInfo, read.Certificates.Pem, read.Policy));
    }

    [Fact]
    public void Everything_of_a_complete_folder_is_read()
    {
        SecurityContext.Write(Path.Combine(root, "security-context-1"), Certificates, "endorsement");

        var read = Read();

        Assert.Equal(new ThimCertificates("V", "C", "0A"), read.Certificates);
        Assert.Equal(10UL, read.Certificates.TcbValue());
        Assert.Equal(SecurityContext.Policy, Encoding.UTF8.GetString(Convert.FromBase64String(read.Policy)));
    }

    [Fact]
    public void Certificates_that_cannot_be_read_leave_the_endorsement()
    {
        SecurityContext.Write(Path.Combine(root, "security-context-1"), "no json", "endorsement");

        var read = Read();

        Assert.Equal(("endorsement", "", ""), (read.ReferenceInfo, read.Certificates.Pem, read.Policy));
    }

    [Fact]
    public void Without_an_endorsement_everything_comes_from_the_environment()
    {
        SecurityContext.Write(Path.Combine(root, "security-context-1"), Certificates, "");
        environment["UVM_REFERENCE_INFO"] = "e";
        environment["UVM_SECURITY_POLICY"] = "p";

        var read = Read();

        Assert.Equal(("e", "", "p"), (read.ReferenceInfo, read.Certificates.Pem, read.Policy));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void A_folder_without_an_endorsement_stands_where_the_environment_says_nothing(string? endorsement)
    {
        SecurityContext.Write(Path.Combine(root, "security-context-1"), Certificates, endorsement);

        var read = Read();

        Assert.Equal(("", "VC"), (read.ReferenceInfo, read.Certificates.Pem));
        Assert.NotEmpty(read.Policy);
    }

    [Fact]
    public void Certificates_in_the_environment_that_cannot_be_read_are_an_error()
    {
        environment["UVM_HOST_AMD_CERTIFICATE"] = "@@";
        Assert.StartsWith("base64 decoding platform certs failed", Assert.Throws<SkrFailureException>(Read).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("xyz")]
    [InlineData("10000000000000000")]
    [InlineData("-1")]
    [InlineData("0x10")]
    public void A_tcb_that_is_no_number_is_an_error(string tcb) =>
        Assert.Throws<SkrFailureException>(() => new ThimCertificates("", "", tcb).TcbValue());

    private UvmInformation Read() => new UvmSource(root, name => environment.GetValueOrDefault(name), new SidecarLog(TextWriter.Null, LogLevelName.Trace)).Read();
}

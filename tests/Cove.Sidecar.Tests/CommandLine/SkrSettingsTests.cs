using System.Text;
using Cove.Sidecar.CommandLine;

namespace Cove.Sidecar.Tests.CommandLine;

public sealed class SkrSettingsTests
{
    private static readonly string Azure = Convert.ToBase64String(Encoding.UTF8.GetBytes(
        """{"CertCache":{"endpoint_type":"AMD","endpoint":"kds","TEE_type":"Milan","api_version":"a=1","client_id":"c=2"},"identity":{"client_id":"me"},"maaconfig":{"user_agent":"ua"},"x":1}"""));

    [Fact]
    public void Nothing_given_means_the_defaults()
    {
        var settings = Parse([])!;

        Assert.Equal((8080, LogLevelName.Warning, "", false), (settings.Port, settings.LogLevel, settings.LogFile, settings.MismatchTcb));
        Assert.Equal(new AzureInformation(), settings.Azure);
    }

    [Theory]
    [InlineData("-base64", "AZURE", "-port", "9", "-loglevel", "debug", "-logfile", "f", "-allowTestingMismatchedTCB")]
    [InlineData("--base64=AZURE", "--port=9", "--loglevel=DEBUG", "--logfile=f", "--allowTestingMismatchedTCB=true")]
    public void Flags_are_written_as_go_reads_them(params string[] arguments)
    {
        var settings = Parse([.. arguments.Select(a => a.Replace("AZURE", Azure, StringComparison.Ordinal))])!;

        Assert.Equal((9, LogLevelName.Debug, "f", true), (settings.Port, settings.LogLevel, settings.LogFile, settings.MismatchTcb));
        Assert.Equal("me", settings.Azure.IdentityClientId);
        Assert.Equal("ua", settings.Azure.UserAgent);
        Assert.Equal(
            new CertificateCacheSettings { EndpointType = "AMD", Endpoint = "kds", TeeType = "Milan", ApiVersion = "a=1", ClientId = "c=2" },
            settings.Azure.CertificateCache);
    }

    [Fact]
    public void The_environment_of_the_reference_image_is_read_and_flags_win()
    {
        Dictionary<string, string> environment = new() { ["SkrSideCarArgs"] = Azure, ["Port"] = "7", ["LogFile"] = "l", ["LogLevel"] = "info", ["ServerType"] = "http" };

        var settings = Parse(["-port", "8"], environment)!;

        Assert.Equal((8, LogLevelName.Info, "l", "me"), (settings.Port, settings.LogLevel, settings.LogFile, settings.Azure.IdentityClientId));
    }

    [Fact]
    public void The_two_positional_arguments_of_its_script_fill_in()
    {
        var settings = Parse([Azure, "7"])!;
        Assert.Equal((7, "me"), (settings.Port, settings.Azure.IdentityClientId));
    }

    [Theory]
    [InlineData("grpc", true)]
    [InlineData("GRPC", false)]
    [InlineData("http", false)]
    [InlineData("anything", false)]
    public void Exactly_grpc_chooses_grpc(string type, bool isGrpc)
    {
        Assert.Equal(isGrpc, Parse(["-server_type", type])!.IsGrpc);
        Assert.Equal(isGrpc, Parse([], new() { ["ServerType"] = type })!.IsGrpc);
    }

    [Fact]
    public void An_input_file_chooses_offline_wrapping()
    {
        Assert.Equal(new OfflineWrapSettings("i", "k", "o"), Parse(["-infile", "i", "-keypath", "k", "-outfile", "o"])!.OfflineWrap);
        Assert.Null(Parse(["-keypath", "k", "-outfile", "o"])!.OfflineWrap);
    }

    [Fact]
    public void Help_is_no_configuration() => Assert.Null(Parse(["--help"]));

    [Theory]
    [InlineData("flag provided but not defined: -hostname", "-hostname", "0.0.0.0")]
    [InlineData("flag needs an argument: -port", "-port")]
    [InlineData("invalid boolean value \"maybe\"", "-allowTestingMismatchedTCB=maybe")]
    [InlineData("unexpected argument: c", "a", "8080", "c")]
    public void A_command_line_that_means_nothing_is_refused(string why, params string[] arguments) =>
        Assert.StartsWith(why, Assert.Throws<UsageException>(() => Parse(arguments)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("failed to listen on port x", "-port", "x")]
    [InlineData("failed to listen on port 65536", "-port", "65536")]
    [InlineData("failed to listen on port -1", "-port", "-1")]
    [InlineData("Failed to parse logLevel", "-loglevel", "loud")]
    [InlineData("Failed to decode base64 attestation info: illegal base64 data", "-base64", "@")]
    [InlineData("Failed to unmarshal attestion info json into AzureInformation", "-base64", "bm8=")]
    [InlineData("Failed to unmarshal attestion info json into AzureInformation", "-base64", "eyJpZGVudGl0eSI6NX0=")]
    public void A_value_that_cannot_be_read_is_named(string why, params string[] arguments) =>
        Assert.StartsWith(why, Assert.Throws<SkrFailureException>(() => Parse(arguments)).Message, StringComparison.Ordinal);

    private static SkrSettings? Parse(string[] arguments, Dictionary<string, string>? environment = null) =>
        SkrSettings.Parse(arguments, name => environment?.GetValueOrDefault(name));
}

using System.Text.Json;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Outcomes;

namespace Cove.Cli.Tests.Shell;

public sealed class FailureTests
{
    public static TheoryData<Type, int> Classes() => new()
    {
        { typeof(MalformedException), 4 },
        { typeof(UnavailableException), 5 },
        { typeof(HttpRequestException), 5 },
        { typeof(IOException), 5 },
        { typeof(UnauthorizedAccessException), 6 },
        { typeof(TimeoutException), 7 },
        { typeof(OperationCanceledException), 7 },
        { typeof(FileNotFoundException), 2 },
        { typeof(InvalidOperationException), 1 },
        { typeof(NullReferenceException), 1 },
    };

    [Theory]
    [MemberData(nameof(Classes))]
    public void Each_class_of_failure_has_its_exit_code(Type thrown, int exit) =>
        Assert.Equal(exit, (int)Failure.From(Make(thrown), CancellationToken.None).ExitCode);

    [Fact]
    public void A_cancellation_by_the_user_exits_130()
    {
        using var interrupted = new CancellationTokenSource();
        interrupted.Cancel();
        Assert.Equal(130, (int)Failure.From(new OperationCanceledException(), interrupted.Token).ExitCode);
    }

    [Fact]
    public void A_rejected_verdict_exits_3_with_every_finding()
    {
        Verdict<int> verdict = new List<Finding> { new("a", "f", "1", "2"), new("b", "g", "3", "4") };
        var thrown = Assert.Throws<CommandFailedException>(() => verdict.OrFail("the evidence is not accepted, report.bin"));
        Assert.Equal(ExitCode.Rejected, thrown.Failure.ExitCode);
        Assert.Equal(["a", "b"], thrown.Failure.Findings!.Select(f => f.Code));
        Assert.Equal("cove explain a", thrown.Failure.Hint);
    }

    [Fact]
    public void An_accepted_verdict_yields_its_value() => Assert.Equal(7, ((Verdict<int>)7).OrFail("x"));

    [Fact]
    public void The_json_document_has_the_promised_shape()
    {
        var failure = new Failure(ExitCode.Rejected, "rejected", "no", "cove explain a", [new Finding("a", "f", "1", "2", "s 3")]);
        using var document = JsonDocument.Parse(Answer.Render(writer => FailurePage.WriteJson(writer, failure)));
        var error = document.RootElement.GetProperty("error");
        Assert.Equal(["error"], document.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["code", "message", "hint", "findings"], error.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["code", "field", "expected", "actual", "section"], error.GetProperty("findings")[0].EnumerateObject().Select(p => p.Name));
    }

    private static Exception Make(Type type)
    {
        if (type == typeof(MalformedException)) return new MalformedException("SNP report", "VERSION", "is 9", 0);
        if (type == typeof(UnavailableException)) return new UnavailableException("key service", "connection refused");
        if (type == typeof(FileNotFoundException)) return new FileNotFoundException("no", "x.json");
        return (Exception)Activator.CreateInstance(type)!;
    }
}

namespace Cove.Rego.Tests;

public sealed class RegoTestRunTests
{
    [Fact]
    public void Tests_pass_fail_err_and_are_left_out_by_name()
    {
        var policy = new RegoCompiler().AddModule("a_test.rego", """
            package a_test
            test_true if 1 + 1 == 2
            test_false if 1 + 1 == 3
            test_conflict := x if { some x in [1, 2] }
            todo_test_later if false
            helper if true
            """).Compile();
        Assert.Equal(
            [
                ("data.a_test.test_true", 2, RegoTestOutcome.Passed), ("data.a_test.test_false", 3, RegoTestOutcome.Failed),
                ("data.a_test.test_conflict", 4, RegoTestOutcome.Error), ("data.a_test.todo_test_later", 5, RegoTestOutcome.Skipped),
            ],
            RegoTestRun.Run(policy).Select(static r => (r.Name, r.Row, r.Outcome)));
    }
}

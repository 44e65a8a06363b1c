using Cove.Policy.Enforcement;
using Cove.Rego.Values;

namespace Cove.Policy.Tests.Enforcement;

public sealed class FrameworkImageTests
{
    [Fact]
    public void The_compiled_framework_is_what_its_texts_compile_to()
    {
        var compiled = FrameworkModules.CompileImage();
        if (Environment.GetEnvironmentVariable("COVE_WRITE") == "1") File.WriteAllBytes(ImagePath(), compiled);
        Assert.True(
            compiled.AsSpan().SequenceEqual(FrameworkModules.ReadImage()),
            "the framework's texts changed, or how they are compiled: COVE_WRITE=1 ./test Policy brings src/lib/Cove.Policy/Framework/framework.image up to date");
    }

    [Theory]
    [InlineData("package policy\n\napi_version := \"0.10.0\"\nframework_version := \"0.2.3\"\ncreate_container := data.framework.create_container", true)]
    [InlineData("package framework\n\nfurther := 1", false)]
    [InlineData("package framework.below\n\nfurther := 1", false)]
    [InlineData("package policy\n\napi_version := no_such_rule", false)]
    [InlineData("package policy\n\ncontainers := data.framework.candidate_containers", false)]
    [InlineData("package policy\n\nfragments(x) := x", false)]
    [InlineData("package policy\n\nmount_device := data.framework.at_least(1)", false)]
    public void Only_what_goes_together_with_the_compiled_framework_is_linked(string policy, bool linked) =>
        Assert.Equal(linked, PolicyProgram.Link([("policy.rego", policy)]) is not null);

    [Fact]
    public void A_policy_that_depends_on_itself_through_the_framework_is_refused_with_the_whole_circle()
    {
        const string policy = "package policy\n\ncontainers := data.framework.candidate_containers";
        var error = Assert.Throws<EnforcementException>(() => new EnforcementEngine(policy, RegoObject.Empty));
        Assert.Contains("data.policy.containers -> data.framework.candidate_containers", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("{\"id\": true}")]
    [InlineData("[[1], \"two\", null]")]
    public void Containers_of_the_wrong_type_are_never_started(string containers)
    {
        var policy = $"package policy\n\napi_version := \"0.10.0\"\nframework_version := \"0.2.3\"\ncontainers := {containers}\ncreate_container := data.framework.create_container";
        var engine = new EnforcementEngine(policy, PolicyData.Create([]));
        Assert.IsNotType<Ruling.Allowed>(engine.Ask("create_container", RegoObject.Of(("containerID", RegoValue.Of("c1")))));
    }

    private static string ImagePath()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Cove.slnx"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "src", "lib", "Cove.Policy", "Framework", "framework.image");
    }
}

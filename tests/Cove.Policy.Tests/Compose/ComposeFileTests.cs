using System.Text;
using Cove.Outcomes;
using Cove.Policy.Compose;
using Cove.Policy.Model;

namespace Cove.Tests.Compose;

public sealed class ComposeFileTests
{
    private static readonly ComposeSurroundings Surroundings = new(
        "project",
        name => name switch { "TAG" => "7", "EMPTY" => "", "FROM_SHELL" => "shell", _ => null },
        path => path == "app.env" ? "# comment\nFILE=1\nBOTH='file'\n"u8.ToArray() : "the secret"u8.ToArray());

    [Fact]
    public void A_service_is_a_container_with_everything_that_compose_says_of_it()
    {
        var group = Parse("""
            { "services": { "web": {
                "image": "web:${TAG}", "entrypoint": "/bin/web --quiet 'two words'", "command": ["serve"], "working_dir": "/srv", "user": "7:8",
                "environment": { "A": "b", "NUMBER": 3, "FROM_SHELL": null, "UNKNOWN": null, "BOTH": "given" }, "env_file": "app.env",
                "cap_drop": ["ALL"], "cap_add": ["NET_BIND_SERVICE"], "security_opt": ["no-new-privileges:true"],
                "volumes": ["data:/data:ro", { "type": "tmpfs", "target": "/cache" }], "secrets": ["token"], "configs": [ { "source": "page", "target": "/etc/web/page.html" } ],
                "healthcheck": { "test": ["CMD", "/bin/web", "healthy"] }, "restart": "unless-stopped", "ports": ["80:80"], "mem_limit": "64m" } },
              "volumes": { "data": null }, "secrets": { "token": { "file": "./token" } }, "configs": { "page": { "content": "hello ${TAG}" } } }
            """);
        var web = Assert.Single(group.Containers);
        Assert.Equal(("web:7", "/srv", (long?)7, (long?)8), (web.Image, web.WorkingDirectory, web.SecurityContext.RunAsUser, web.SecurityContext.RunAsGroup));
        Assert.Equal(["/bin/web", "--quiet", "two words"], web.Entrypoint);
        Assert.Equal(["serve"], web.Arguments);
        Assert.Equal(["A=b", "BOTH=given", "FILE=1", "FROM_SHELL=shell", "NUMBER=3", "UNKNOWN=*"], web.Environment.Select(variable => $"{variable.Name}={variable.Value?.Value ?? "*"}"));
        Assert.Equal(["/data ro", "/cache rw", "/etc/web ro", "/run/secrets ro"], web.VolumeMounts.Select(mount => $"{mount.MountPath} {(mount.ReadOnly ? "ro" : "rw")}"));
        Assert.False(web.SecurityContext.AllowPrivilegeEscalation);
        Assert.Equal(["/bin/web", "healthy"], Assert.Single(web.ExecProcesses).Command);
        Assert.Equal((RestartPolicy.Always, GroupPlatform.Cove, 0.0625m), (group.RestartPolicy, group.Platform, web.Resources.MemoryInGB));
        Assert.Equal("the secret", Encoding.UTF8.GetString(group.Volumes.Single(volume => volume.Name == "web-secrets0").Files["token"].Span));
        Assert.Equal("hello 7", Encoding.UTF8.GetString(group.Volumes.Single(volume => volume.Name == "web-configs0").Files["page.html"].Span));
    }

    [Fact]
    public void Services_start_after_what_they_depend_on_and_what_must_complete_runs_first()
    {
        var group = Parse("""
            { "services": {
                "web": { "image": "a", "depends_on": ["db"] },
                "db": { "image": "a", "depends_on": { "migrate": { "condition": "service_completed_successfully" } } },
                "migrate": { "image": "a" },
                "tool": { "image": "a", "profiles": ["manual"] } } }
            """);
        Assert.Equal(["db", "web"], group.Containers.Select(container => container.Name));
        Assert.Equal(["migrate"], group.InitContainers.Select(container => container.Name));
    }

    [Theory]
    [InlineData("\"80\"", " *:80/TCP")]
    [InlineData("80", " *:80/TCP")]
    [InlineData("\"8080:80\"", " 8080:80/TCP")]
    [InlineData("\"127.0.0.1::80\"", "127.0.0.1 *:80/TCP")]
    [InlineData("\"0.0.0.0:8080:80/udp\"", "0.0.0.0 8080:80/UDP")]
    [InlineData("\"[::1]:8080:80\"", "::1 8080:80/TCP")]
    [InlineData("\"8000-8001:80-81\"", " 8000:80/TCP,  8001:81/TCP")]
    [InlineData("""{ "target": 80, "published": "8080", "host_ip": "127.0.0.2", "protocol": "tcp", "mode": "host" }""", "127.0.0.2 8080:80/TCP")]
    public void Ports_are_those_of_the_group(string port, string expected)
    {
        var group = Parse($$"""{ "services": { "a": { "image": "a", "ports": [{{port}}] } } }""");
        Assert.Equal(expected, string.Join(", ", group.Ports.Select(one => $"{one.HostAddress} {one.HostPort?.ToString() ?? "*"}:{one.Port}/{one.Protocol}")));
    }

    [Theory]
    [InlineData("\"0\"")]
    [InlineData("\"65536:80\"")]
    [InlineData("\"8000-8002:80-81\"")]
    [InlineData("\"here:8080:80\"")]
    [InlineData("\"1:2:3:4\"")]
    [InlineData("\"80/sctp\"")]
    [InlineData("{ \"published\": 80 }")]
    public void Ports_that_are_none_are_refused(string port) =>
        Assert.Throws<MalformedException>(() => Parse($$"""{ "services": { "a": { "image": "a", "ports": [{{port}}] } } }"""));

    [Theory]
    [InlineData("""{ "services": { "a": { "build": "." } } }""", "build the image first")]
    [InlineData("""{ "services": { "a": { "image": "a", "devices": ["/dev/kvm"] } } }""", "devices")]
    [InlineData("""{ "services": { "a": { "image": "a", "network_mode": "host" } } }""", "network_mode")]
    [InlineData("""{ "services": { "a": { "image": "a", "volumes": ["./here:/there"] } } }""", "folder of the host")]
    [InlineData("""{ "services": { "a": { "image": "a", "volumes": ["none:/there"] } } }""", "not among the file's volumes")]
    [InlineData("""{ "services": { "a": { "image": "a", "depends_on": ["b"] }, "b": { "image": "a", "depends_on": ["a"] } } }""", "leads back")]
    [InlineData("""{ "services": { "a": { "image": "${MISSING:?name it}" } } }""", "name it")]
    [InlineData("""{ "services": { "a": { "image": "a", "user": "www" } } }""", "expected numbers")]
    [InlineData("""{ "services": { "a": { "image": "a", "command": "say 'unclosed" } } }""", "not closed")]
    [InlineData("""{ "services": { "a": { "image": "a", "restart": "always" }, "b": { "image": "a" } } }""", "a group has one")]
    public void What_a_policy_cannot_hold_is_refused_by_name(string document, string because) =>
        Assert.Contains(because, Assert.Throws<MalformedException>(() => Parse(document)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("${TAG}", "7")]
    [InlineData("$TAG.x", "7.x")]
    [InlineData("${NONE:-d}", "d")]
    [InlineData("${EMPTY:-d}", "d")]
    [InlineData("${EMPTY-d}", "")]
    [InlineData("${NONE-${TAG}}", "7")]
    [InlineData("${TAG:+set}", "set")]
    [InlineData("${NONE+set}", "")]
    [InlineData("$$TAG", "$TAG")]
    public void Variables_are_put_in_place(string text, string expected) => Assert.Equal(expected, new Interpolation(Surroundings.Variable).Apply(text, "$"));

    private static ContainerGroup Parse(string document) => ComposeFile.Parse(Encoding.UTF8.GetBytes(document), Surroundings);
}

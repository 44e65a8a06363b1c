using Cove.Rego.Values;

namespace Cove.Rego.Tests.Network;

public sealed class NetworkTests
{
    private const string Asking = "package t\n\nr := http.send(input)\n";

    [Fact]
    public async Task Without_the_capability_nothing_is_asked()
    {
        await using var peer = new HttpPeer(static _ => HttpPeer.Answer("1"));
        var policy = new RegoCompiler().AddModule("t.rego", Asking).Compile();
        var request = Request(peer.Url);
        Assert.False(policy.Evaluate("data.t.r", request).IsDefined);
        Assert.Contains("the network is not available to policies", Failure(policy, request), StringComparison.Ordinal);
        Assert.Empty(peer.Asked);
    }

    [Fact]
    public async Task An_answer_has_its_status_body_and_headers()
    {
        await using var peer = new HttpPeer(static _ => HttpPeer.Answer("""{"allowed": [1, 2]}""", headers: "X-Kind: tide\r\n"));
        using var network = Local();
        var answer = (RegoObject)Policy(network).Evaluate("data.t.r", Request(peer.Url + "/ask?x=1", ("headers", "{\"X-Asks\": \"me\"}"))).Value!;
        Assert.Equal((RegoValue.Of(200), RegoValue.Of("200 OK")), (answer["status_code"], answer["status"]));
        Assert.Equal("""{"allowed":[1,2]}""", answer["body"]!.ToJson());
        Assert.Equal(RegoValue.Of("""{"allowed": [1, 2]}"""), answer["raw_body"]);
        Assert.Equal("""["tide"]""", ((RegoObject)answer["headers"]!)["x-kind"]!.ToJson());
        Assert.True(peer.Asked.TryDequeue(out var asked));
        Assert.StartsWith("GET /ask?x=1 HTTP/1.1\r\n", asked, StringComparison.Ordinal);
        Assert.Contains("X-Asks: me\r\n", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_is_sent_as_json_or_as_it_is()
    {
        await using var peer = new HttpPeer(static _ => HttpPeer.Answer("hello", "text/plain"));
        using var network = Local();
        Assert.Equal(RegoValue.Null, ((RegoObject)Policy(network).Evaluate("data.t.r", Request(peer.Url, ("method", "\"post\""), ("body", "{\"b\": [1]}"))).Value!)["body"]);
        Assert.True(Policy(network).Evaluate("data.t.r", Request(peer.Url, ("method", "\"put\""), ("raw_body", "\"plain\""), ("headers", "{\"Content-Type\": \"text/x\"}"))).IsDefined);
        var asked = peer.Asked.ToArray();
        Assert.StartsWith("POST / ", asked[0], StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n{\"b\":[1]}", asked[0], StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json", asked[0], StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nplain", asked[1], StringComparison.Ordinal);
        Assert.Contains("Content-Type: text/x", asked[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_not_allowed_is_not_asked()
    {
        await using var peer = new HttpPeer(static _ => HttpPeer.Answer("1"));
        using var network = new RegoNetwork(["example.org"]);
        Assert.Contains("http.send: unallowed host: 127.0.0.1", Failure(Policy(network), Request(peer.Url)), StringComparison.Ordinal);
        Assert.Empty(peer.Asked);
    }

    [Fact]
    public async Task One_question_is_asked_once_in_an_evaluation()
    {
        await using var peer = new HttpPeer(static _ => HttpPeer.Answer("1"));
        using var network = Local();
        var policy = Policy(network, "package t\n\nr := [http.send(x).status_code | some x in input.all]\n");
        var request = Request(peer.Url).ToJson();
        var input = RegoValue.FromJson($$"""{"all": [{{request}}, {{request}}, {"method": "GET", "url": "{{peer.Url}}/other"}]}""");
        Assert.Equal("[200,200,200]", policy.Evaluate("data.t.r", input).Value!.ToJson());
        Assert.Equal(2, peer.Asked.Count);
        policy.Evaluate("data.t.r", input);
        Assert.Equal(4, peer.Asked.Count);
    }

    [Theory]
    [InlineData(false, false, "302")]
    [InlineData(false, true, "302")]
    [InlineData(true, true, "200")]
    public async Task Redirects_are_followed_where_the_network_and_the_request_say_so(bool allowed, bool asked, string expected)
    {
        await using var peer = Redirecting("/there");
        using var network = Local(redirects: allowed);
        var request = Request(peer.Url + "/here", ("enable_redirect", asked ? "true" : "false"));
        if (asked && !allowed) Assert.Contains("redirects are not allowed", Failure(Policy(network), request), StringComparison.Ordinal);
        else Assert.Equal(expected, ((RegoObject)Policy(network).Evaluate("data.t.r", request).Value!)["status_code"]!.ToJson());
    }

    [Fact]
    public async Task A_redirect_to_a_host_that_is_not_allowed_is_refused()
    {
        await using var peer = Redirecting("http://elsewhere.example/there");
        using var network = Local(redirects: true);
        Assert.Contains("unallowed host: elsewhere.example", Failure(Policy(network), Request(peer.Url + "/here", ("enable_redirect", "true"))), StringComparison.Ordinal);
        Assert.Single(peer.Asked);
    }

    [Fact]
    public async Task Redirects_without_end_end()
    {
        await using var peer = new HttpPeer(static _ => HttpPeer.Answer("", status: "302 Found", headers: "Location: /again\r\n"));
        using var network = Local(redirects: true);
        Assert.Contains("stopped after 10 redirects", Failure(Policy(network), Request(peer.Url, ("enable_redirect", "true"))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 1000000\r\n\r\n")]
    [InlineData("Connection: close\r\n\r\n")]
    public async Task A_body_that_is_too_long_is_refused(string head)
    {
        await using var peer = new HttpPeer(_ => "HTTP/1.1 200 OK\r\n" + head + new string('x', 5000));
        using var network = new RegoNetwork(["127.0.0.1"]) { MaxResponseBytes = 4096 };
        Assert.Contains("longer than 4096 bytes", Failure(Policy(network), Request(peer.Url)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"50ms\"")]
    [InlineData("50000000")]
    public async Task A_peer_that_does_not_answer_is_not_waited_for(string timeout)
    {
        await using var peer = new HttpPeer(static _ => "");
        using var network = Local();
        Assert.Contains("request timed out", Failure(Policy(network), Request(peer.Url, ("timeout", timeout))), StringComparison.Ordinal);
        var answer = Policy(network).Evaluate("data.t.r", Request(peer.Url, ("timeout", timeout), ("raise_error", "false"))).Value!;
        Assert.Equal("""{"error":{"code":"eval_http_send_network_error","message":"request timed out"},"status_code":0}""", answer.ToJson());
    }

    [Fact]
    public async Task Cancelling_the_evaluation_ends_the_request()
    {
        await using var peer = new HttpPeer(static _ => "");
        using var network = Local();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var options = new EvaluationOptions { Cancellation = cancel.Token };
        var error = Assert.Throws<RegoEvaluationException>(() => Policy(network).Evaluate("data.t.r", Request(peer.Url, ("timeout", "\"30s\"")), options: options));
        Assert.Equal(RegoEvaluationProblem.Cancelled, error.Problem);
    }

    [Theory]
    [InlineData("url", "\"file:///etc/passwd\"", "the scheme file is neither http nor https")]
    [InlineData("url", "\"nowhere\"", "url must be an absolute URL")]
    [InlineData("method", "\"GET /x\"", "GET /x is no method")]
    [InlineData("headers", "{\"A\": \"b\\r\\nC: d\"}", "the header A has a line end in it")]
    [InlineData("tls_insecure_skip_verify", "true", "certificates are always checked")]
    [InlineData("tls_ca_cert_file", "\"/etc/ssl/x.pem\"", "policies read no files and no environment")]
    [InlineData("tls_ca_cert", "5", "tls_ca_cert must be a string")]
    [InlineData("tls_client_key", "\"x\"", "tls_client_cert and tls_client_key belong together")]
    [InlineData("timeout", "-1", "timeout must be a number of nanoseconds or a duration")]
    public async Task What_is_refused_is_refused_before_anything_is_sent(string field, string value, string problem)
    {
        await using var peer = new HttpPeer(static _ => HttpPeer.Answer("1"));
        using var network = Local();
        Assert.Contains(problem, Failure(Policy(network), Request(peer.Url, (field, value))), StringComparison.Ordinal);
        Assert.Empty(peer.Asked);
    }

    [Fact]
    public void Names_are_looked_up_where_the_host_is_allowed()
    {
        using var network = new RegoNetwork(["localhost"]);
        var policy = Policy(network, "package t\n\nr := net.lookup_ip_addr(input)\n");
        Assert.Contains("127.0.0.1", policy.Evaluate("data.t.r", RegoValue.Of("localhost")).Value!.ToJson(), StringComparison.Ordinal);
        Assert.Contains("unallowed host: example.org", Failure(policy, RegoValue.Of("example.org")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_elsewhere_is_fetched_with_the_capability_and_an_error_without()
    {
        await using var peer = new HttpPeer(static _ => HttpPeer.Answer("""{"definitions": {"small": {"type": "integer", "maximum": 5}}}"""));
        using var network = Local();
        const string module = "package t\n\nr := json.match_schema(input.document, input.schema)[0]\n";
        RegoValue Input(string document) => RegoValue.FromJson($$"""{"document": {"n": {{document}}}, "schema": {"properties": {"n": {"$ref": "{{peer.Url}}/s.json#/definitions/small"} } } }""");
        var policy = Policy(network, module);
        Assert.Equal(RegoValue.True, policy.Evaluate("data.t.r", Input("5")).Value);
        Assert.Equal(RegoValue.False, policy.Evaluate("data.t.r", Input("6")).Value);
        Assert.Equal(2, peer.Asked.Count);
        var alone = new RegoCompiler().AddModule("t.rego", module).Compile();
        Assert.Contains("remote reference loading disabled", Failure(alone, Input("5")), StringComparison.Ordinal);
        Assert.Equal(2, peer.Asked.Count);
    }

    private static RegoNetwork Local(bool redirects = false) => new(["127.0.0.1"]) { AllowRedirects = redirects };

    private static HttpPeer Redirecting(string to) => new(request => request.StartsWith("GET /here ", StringComparison.Ordinal)
        ? HttpPeer.Answer("", status: "302 Found", headers: $"Location: {to}\r\n")
        : HttpPeer.Answer("true"));

    private static CompiledPolicy Policy(RegoNetwork network, string module = Asking) =>
        new RegoCompiler(new RegoCompilerOptions { Capabilities = new RegoCapabilities { Network = network } }).AddModule("t.rego", module).Compile();

    private static RegoValue Request(string url, params (string Name, string Json)[] fields)
    {
        var request = RegoObject.Of(("method", RegoValue.Of("GET")), ("url", RegoValue.Of(url)));
        foreach (var (name, json) in fields) request = request.With(name, RegoValue.FromJson(json));
        return request;
    }

    private static string Failure(CompiledPolicy policy, RegoValue input) =>
        Assert.Throws<RegoEvaluationException>(() => policy.Evaluate("data.t.r", input, options: new EvaluationOptions { StrictBuiltinErrors = true })).Message;
}

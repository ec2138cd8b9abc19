# Texts of several lines. What Terraform makes of them is in `heredocs.json`.
locals {
  plain = <<EOT
  a
    b ${"c"} \n
EOT
  indented = <<-EOT
      a
        b

      c
  EOT
  blank = <<-EOT
      a
   
      b
      ${"c"}
        d
  EOT
  at_start = <<-EOT
    a
  ${"b"}
  EOT
  loop = <<-EOT
    %{ for name in ["x", "y"] ~}
    allow ${name}
    %{ endfor ~}
    end
  EOT
  kept = <<EOT
%{ for name in ["x", "y"] }
  ${name}
%{ endfor }
EOT
  choice = <<-EOT
    %{ if 1 > 2 ~}
    one
    %{ else ~}
      two
    %{ endif ~}
  EOT
  markers = <<EOT
$${a} %%{b} $c %d "q" \t
EOT
  stripped = <<EOT
a   
  ${~ "b" ~}  
  c
EOT
  called = join(",", [for line in split("\n", trimspace(<<-EOT
    one
    two
  EOT
  )) : upper(line)])
  inline  = "%{ if true }say \"hi\"\n%{ endif }${"x"}"
  inline2 = "a %{~ for v in [1, 2] ~} ${v} %{~ endfor ~} z"
}

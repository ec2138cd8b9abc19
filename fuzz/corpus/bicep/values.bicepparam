using 'template.json'
var hosts = ['a', 'b']
param location = 'westeurope'
param names = [for (h, i) in hosts: '${toUpper(h)}${i}']
